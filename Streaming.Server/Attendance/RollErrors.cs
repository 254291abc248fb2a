using System.Globalization;
using Streaming.Contracts;
using Streaming.Server.Access;

namespace Streaming.Server.Attendance;

/// <summary>What is wrong with a list, in both languages.</summary>
internal readonly record struct RollFault(string English, string Chinese);

/// <summary>What can be wrong with a list, and what would be right.</summary>
internal static class RollFaults
{
    private const string IdRule = "1 到 64 个字符：英文字母、数字、“-”“_”“.”，以字母或数字开头";
    private const string NameRule = "1 到 64 个字符，不含控制字符和不可见字符，不能只有空格";

    public static RollFault Encoding { get; } = new(
        "This is text in neither UTF-8 nor GB18030. Save the list as CSV UTF-8 and send it again.", "文件既不是 UTF-8 也不是 GB18030 编码。请另存为“CSV UTF-8”后重新上传。");

    public static RollFault Empty { get; } = new(
        "There is no student on the list. A line is an id and a name, for example: s-1,Ada", "名单里没有学生。每行是学号和姓名，例如：s-1,小明");

    public static RollFault NoNameColumn { get; } = new(
        "The header has a column for the id and none for the name. Call it name or 姓名.", "表头有学号列，但没有姓名列。请把它命名为“姓名”。");

    public static RollFault NoIdColumn { get; } = new(
        "The header has a column for the name and none for the id. Call it id or 学号.", "表头有姓名列，但没有学号列。请把它命名为“学号”。");

    public static RollFault OpenQuote { get; } = new(
        "The quote that opens here is never closed; write a second one, or none.", "这里的引号没有成对；请补上另一个引号，或去掉引号。");

    public static RollFault TextBehindQuote { get; } = new(
        "There is text behind a closing quote; a quote inside a quoted cell is written twice.", "引号结束后还有文字；带引号的单元格里，引号要写两次。");

    public static RollFault TooMany(int count) => new(
        $"There are {count} students on the list. A class has at most {Roll.MaxStudents}.", $"名单里有 {count} 名学生，一个班级最多 {Roll.MaxStudents} 名。");

    public static RollFault More(int count) => new($"{count} more lines are wrong.", $"还有 {count} 行有误。");

    public static RollFault Cells(int count) => new(
        $"There {(count == 1 ? "is 1 cell" : $"are {count} cells")} on this line. Without a header line there are two, id and name, with a comma, a semicolon or a tab between them.",
        $"这一行有 {count} 个单元格。没有表头时应为两个：学号和姓名，用逗号、分号或制表符分开。");

    public static RollFault Id(string id) => id.Length == 0
        ? new($"There is no id. An id has {Ids.Rule}.", $"没有学号。学号应为 {IdRule}。")
        : new($"'{Short(id)}' cannot be an id. An id has {Ids.Rule}.", $"“{Short(id)}”不能作学号。学号应为 {IdRule}。");

    public static RollFault Name(string name) => name.Length == 0
        ? new($"There is no name. A name has {TicketClaims.NameRule}.", $"没有姓名。姓名应为 {NameRule}。")
        : new($"This name cannot be shown. A name has {TicketClaims.NameRule}.", $"这个姓名无法显示。姓名应为 {NameRule}。");

    public static RollFault Double(string id, int line) => new(
        $"The id '{id}' stands on line {line} already. Every student has an id of their own.", $"学号“{id}”在第 {line} 行已经有了。每名学生的学号不能重复。");

    private static string Short(string text) => text.Length <= 20 ? text : $"{text[..20]}…";
}

/// <summary>The errors that were found in a list, by line.</summary>
internal sealed class RollErrors(ReportLanguage language)
{
    /// <summary>The most wrong lines that are named; the number of the others is told.</summary>
    public const int MaxLines = 100;

    /// <summary>The key of an error that is about the whole list.</summary>
    public const string WholeList = "file";

    private int _more;

    /// <summary>The sentences by line number, or under <see cref="WholeList"/>.</summary>
    public Dictionary<string, string[]> ByLine { get; } = [];

    /// <summary>Adds what is wrong with a line.</summary>
    public void Add(int line, RollFault fault)
    {
        var key = line.ToString(CultureInfo.InvariantCulture);
        if (ByLine.TryGetValue(key, out var former))
        {
            ByLine[key] = [.. former, Say(fault)];
        }
        else if (ByLine.Count < MaxLines)
        {
            ByLine[key] = [Say(fault)];
        }
        else
        {
            _more++;
        }
    }

    /// <summary>Adds what is wrong with the list.</summary>
    public void AddToList(RollFault fault) => ByLine[WholeList] = [Say(fault)];

    /// <summary>Tells of the lines that were not named.</summary>
    public void Close()
    {
        if (_more > 0)
        {
            AddToList(RollFaults.More(_more));
        }
    }

    private string Say(RollFault fault) => language.Say(fault.English, fault.Chinese);
}
