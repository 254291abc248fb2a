namespace Streaming.Server.Attendance.Exports;

/// <summary>A lesson's report as tables: who was there, when and how, and the ledger behind it.</summary>
/// <param name="language">The language of headers and words.</param>
/// <param name="clock">The clock of the times.</param>
internal sealed class ReportTables(ReportLanguage language, SchoolClock clock)
{
    /// <summary>One line a student.</summary>
    public ReportTable Attendance(AttendanceReport report) => new(
        Say("Attendance", "考勤"),
        [
            new(Say("member", "学号"), 16), new(Say("name", "姓名"), 18), new(Say("on roll", "名单内"), 9), new(Say("status", "状态"), 11),
            new(Say("left early", "早退"), 11), Time("first in", "首次进入"), Time("last out", "最后离开"),
            new(Say("minutes present", "在课分钟"), 12), new(Say("picture", "有画面"), 10), new(Say("slides and sound", "课件和声音"), 16),
            new(Say("sound only", "仅声音"), 12), new(Say("text only", "仅文字"), 10),
            new(Say("connected", "已连接"), 11), new(Say("network", "网络中断"), 10), new(Say("unknown", "未知"), 10), new(Say("drops", "掉线次数"), 10),
            new(Say("check-ins asked", "点名次数"), 11), new(Say("answered", "已应答"), 11), new(Say("missed", "未应答"), 10),
            new(Say("unreached", "未送达"), 11),
        ],
        report.Members.Select(Line));

    /// <summary>One line a while of one student.</summary>
    public ReportTable Spans(AttendanceReport report) => new(
        Say("Spans", "时段"),
        [
            new(Say("member", "学号"), 16), new(Say("name", "姓名"), 18), Time("from", "开始"), Time("to", "结束"), new(Say("minutes", "分钟"), 10),
            new(Say("kind", "类型"), 14),
        ],
        report.Members.SelectMany(of => of.Spans.Select(span => new object?[]
        {
            of.Member, of.Name, clock.Read(span.From), clock.Read(span.To), span.Length.TotalMinutes, KindWord(span.Kind),
        })));

    /// <summary>One line an entry of the ledger, in the ledger's own words.</summary>
    public ReportTable Ledger(IEnumerable<LedgerEntry> entries) => new(
        Say("Ledger", "流水"),
        [
            new(Say("sequence", "序号"), 10), new(Say("kind", "类型"), 15), Time("at", "时间"), new(Say("offset, seconds", "单调时钟（秒）"), 16),
            new(Say("member", "学号"), 16), new(Say("name", "姓名"), 18), new(Say("role", "身份"), 10), new(Say("device", "设备"), 30),
            new(Say("cause", "原因"), 16), new(Say("facts", "媒体"), 18), Time("since", "起始"), new(Say("number", "数值"), 9),
        ],
        entries.Select(Line));

    private static string Word<T>(T value) where T : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private object?[] Line(ReportedMember of) =>
    [
        of.Member, of.Name, of.OnRoll is { } on ? on ? Say("yes", "是") : Say("guest", "旁听") : null, StatusWord(of.Status), of.LeftEarly ? Say("yes", "是") : null,
        of.FirstIn is { } first ? clock.Read(first) : null, of.LastOut is { } last ? clock.Read(last) : null,
        of.Seconds.Present / 60, of.Seconds.Picture / 60, of.Seconds.Slides / 60, of.Seconds.Sound / 60, of.Seconds.Text / 60, of.Seconds.Connected / 60, of.Seconds.Stalled / 60,
        of.Seconds.Unknown / 60, of.Drops, of.CheckIns.Asked, of.CheckIns.Answered, of.CheckIns.Missed, of.CheckIns.Unreached,
    ];

    private object?[] Line(LedgerEntry entry) =>
    [
        entry.Sequence, Word(entry.Kind), clock.Read(entry.At), entry.Offset.TotalSeconds, entry.Member, entry.Name,
        entry.Role is { } role ? Word(role) : null, entry.Device, entry.Cause == LedgerCause.None ? null : Word(entry.Cause),
        entry.Facts == MediaFacts.None ? null : entry.Facts.ToString().ToLowerInvariant(),
        entry.Since is { } since ? clock.Read(since) : null, entry.Number,
    ];

    private string StatusWord(AttendanceStatus status) => status switch
    {
        AttendanceStatus.OnTime => Say("on time", "准时"),
        AttendanceStatus.Late => Say("late", "迟到"),
        AttendanceStatus.Absent => Say("absent", "缺席"),
        AttendanceStatus.Expected => Say("expected", "未到"),
        _ => Say("unknown", "未知"),
    };

    private string KindWord(SpanKind kind) => kind switch
    {
        SpanKind.Picture => Say("picture", "有画面"),
        SpanKind.Slides => Say("slides and sound", "课件和声音"),
        SpanKind.Sound => Say("sound only", "仅声音"),
        SpanKind.Text => Say("text only", "仅文字"),
        SpanKind.Connected => Say("connected", "已连接"),
        SpanKind.Stalled => Say("network", "网络中断"),
        _ => Say("unknown", "未知"),
    };

    private TableColumn Time(string english, string chinese) => new($"{Say(english, chinese)} ({clock.Name})", Math.Max(20, clock.Name.Length + 13));

    private string Say(string english, string chinese) => language.Say(english, chinese);
}
