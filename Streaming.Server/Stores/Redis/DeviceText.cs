using System.Globalization;
using Streaming.Contracts;

namespace Streaming.Server.Stores.Redis;

/// <summary>A device in a class's view, as <c>append.lua</c> writes it: member, tab, device; and ticks with one digit behind them.</summary>
/// <remarks>The digit is twice the role, and one more while the device is connected. The whole is a number that Redis keeps in nine bytes.</remarks>
internal static class DeviceText
{
    /// <exception cref="FormatException">The field is none of ours.</exception>
    public static DevicePresence Read(string field, string value)
    {
        if (field.Split('\t') is [var writtenMember, var writtenDevice]
            && LedgerText.TryText(writtenMember, out var member)
            && LedgerText.TryText(writtenDevice, out var device)
            && value.Length > 1
            && char.IsAsciiDigit(value[^1])
            && long.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.Ticks)
        {
            var digit = value[^1] - '0';
            return new DevicePresence(
                member ?? "", device ?? "", (Role)(digit / 2), IsConnected: digit % 2 == 1, new DateTimeOffset(ticks, TimeSpan.Zero));
        }

        throw new FormatException($"A device of a shared view cannot be read: '{field}'. Was something else written under its key?");
    }
}
