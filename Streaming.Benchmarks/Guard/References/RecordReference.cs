using System.Globalization;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>Records made, looked up by name in a table, replaced and listed: what a state machine of people does, with none of its rules.</summary>
internal sealed class RecordReference : Reference
{
    private const int Steps = 64;
    private readonly string[] _names;
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private readonly List<object> _told = [];
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private int _next;

    /// <param name="rows">Rows of the table.</param>
    public RecordReference(int rows)
        : base($"{Steps} changes in a table of {rows} records")
    {
        _names = [.. Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"s-{20_260_000 + i}"))];
        foreach (var name in _names)
        {
            _rows[name] = new Row(name, 0, null);
        }
    }

    public override void Run()
    {
        _told.Clear();
        for (var i = 0; i < Steps; i++)
        {
            _now += TimeSpan.FromMilliseconds(1);
            _next = (_next + 1) % _names.Length;
            var row = _rows[_names[_next]];
            row = row with { Version = row.Version + 1, At = row.At is null ? _now : null };
            _rows[row.Name] = row;
            _told.Add(new Told(_now, row));
            if (_told.Count % 8 == 0)
            {
                _told.Add(_told.OfType<Told>().Where(told => told.Row.At is not null).Select(told => told.Row.Name).ToList());
            }
        }
    }

    private sealed record Row(string Name, int Version, DateTimeOffset? At);

    private sealed record Told(DateTimeOffset At, Row Row);
}
