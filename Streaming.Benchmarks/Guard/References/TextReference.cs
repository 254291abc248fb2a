using System.Globalization;
using System.Text;

namespace Streaming.Benchmarks.Guard.References;

/// <summary>A fixed text of name=value lines split, looked up and put together anew: what reading and writing a session description is.</summary>
internal sealed class TextReference : Reference
{
    private const int Lines = 256;
    private readonly string _text = string.Concat(Enumerable.Range(0, Lines).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + i % 26)}=name{i % 40}:{i} value-{i * 7919 % 1000}/90000 some;words=to;split=on\r\n")));

    public TextReference()
        : base($"{Lines} lines of text, read and written")
    {
    }

    public override void Run()
    {
        var groups = new Dictionary<string, List<string[]>>(StringComparer.Ordinal);
        foreach (var line in _text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = line[2..colon];
            if (!groups.TryGetValue(name, out var group))
            {
                groups[name] = group = [];
            }

            group.Add(line[(colon + 1)..].Split(' '));
        }

        var written = new StringBuilder();
        foreach (var (name, group) in groups)
        {
            foreach (var words in group.Where(words => words.Length > 2))
            {
                written.Append("a=").Append(name).Append(':').AppendJoin(' ', words).Append("\r\n");
            }
        }

        if (written.ToString().Length < Lines)
        {
            throw new InvalidOperationException("The reference's text was lost.");
        }
    }
}
