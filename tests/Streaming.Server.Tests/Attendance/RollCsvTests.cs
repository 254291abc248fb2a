using System.Text;
using Streaming.Server.Attendance;

namespace Streaming.Server.Tests.Attendance;

public sealed class RollCsvTests
{
    private const string Ada = "s-1=Ada", Ming = "s-2=小明";
    private static readonly ReportLanguage English = new(IsChinese: false);

    [Theory]
    [InlineData("s-1,Ada\ns-2,小明", Ada, Ming)]
    [InlineData("s-1;Ada\r\ns-2;小明\r\n", Ada, Ming)]
    [InlineData("s-1\tAda\rs-2\t小明", Ada, Ming)]
    [InlineData("id,name\ns-1,Ada", Ada)]
    [InlineData("Student ID;Full name\ns-1;Ada", Ada)]
    [InlineData("班级,姓名,学号,性别\n七班,小明,s-2,男", Ming)]
    [InlineData("姓名\t学号\n小明\ts-2\n\n", Ming)]
    [InlineData("\n\n  \n姓名 , 学 号\n 小明 ,\u3000s-2\u3000\n", Ming)]
    [InlineData("name,id\n\"Ada\",\"s-1\"", Ada)]
    [InlineData("s-1,\"Lovelace, Ada\"", "s-1=Lovelace, Ada")]
    [InlineData("s-1;Lovelace, Ada", "s-1=Lovelace, Ada")]
    [InlineData("s-1,\"Ada \"\"Countess\"\" L.\"", "s-1=Ada \"Countess\" L.")]
    [InlineData("s-1,Ada,,\ns-2,小明,,", Ada, Ming)]
    [InlineData("s-1,=1+1", "s-1==1+1")]
    public void AListIsReadAsSchoolsHaveIt(string text, params string[] students) => Assert.Equal(students, Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void ExcelsEncodingsAreAllRead()
    {
        const string text = "学号,姓名\ns-2,小明\n";
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        byte[][] files =
        [
            Encoding.UTF8.GetBytes(text), [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)], gb.GetBytes(text),
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)],
        ];
        Assert.All(files, file => Assert.Equal([Ming], Read(file)));
    }

    [Theory]
    [InlineData("", "file", "no student")]
    [InlineData("id,name\n", "file", "no student")]
    [InlineData("s-1,Ada\ns 2,Bo", "2", "'s 2' cannot be an id")]
    [InlineData("s-1,Ada\n,Bo", "2", "1 cell")]
    [InlineData("id,name\n,Bo", "2", "There is no id")]
    [InlineData("id,name\ns-2", "2", "There is no name")]
    [InlineData("id,name\ns-2,\u202Eoda", "2", "cannot be shown")]
    [InlineData("s-1,Ada\n\ns-1,Bo", "3", "line 1 already")]
    [InlineData("1,2024001,Ada", "1", "3 cells")]
    [InlineData("Ada", "1", "1 cell")]
    [InlineData("学号,年龄\ns-1,12", "1", "none for the name")]
    [InlineData("年龄,姓名\n12,Ada", "1", "none for the id")]
    [InlineData("s-1,Ada\ns-2,\"Bo", "2", "opens here is never closed")]
    [InlineData("s-1,\"A\nda\"\ns-2,Bo", "1", "cannot be shown")]
    [InlineData("s-1,\"Ada\" L.\ns-2,Bo", "1", "behind a closing quote")]
    [InlineData("s-1,Ada\n\"s-\n2\",Bo\ns 3,Cy", "4", "'s 3' cannot be an id")]
    public void EveryWrongLineIsNamed(string text, string line, string fault)
    {
        Assert.Empty(RollCsv.Read(Encoding.UTF8.GetBytes(text), English, out var errors));
        Assert.Contains(fault, string.Join(' ', errors[line]), StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsKeptOfAListWithOneWrongLineAndNoLineIsNamedThatIsRight()
    {
        Assert.Empty(RollCsv.Read("s-1,Ada\n?,Bo\ns-3,Cy\n!, "u8, English, out var errors));
        Assert.Equal(["2", "4"], errors.Keys);
    }

    [Fact]
    public void ErrorsAreInTheLanguageOfWhoeverSentTheList()
    {
        RollCsv.Read("s 1,Ada"u8, new ReportLanguage(IsChinese: true), out var errors);
        Assert.StartsWith("“s 1”不能作学号。", Assert.Single(errors["1"]), StringComparison.Ordinal);
    }

    [Fact]
    public void TextInNoKnownEncodingIsRefused()
    {
        Assert.Empty(RollCsv.Read([0x73, 0x31, 0x2C, 0xFF, 0xFF, 0x80], English, out var errors));
        Assert.Contains("UTF-8", Assert.Single(errors["file"]), StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyStudentsAndTooManyErrorsAreCounted()
    {
        var list = string.Concat(Enumerable.Range(1, Roll.MaxStudents + 1).Select(i => $"s-{i},N{i}\n"));
        Assert.Empty(RollCsv.Read(Encoding.UTF8.GetBytes(list), English, out var errors));
        Assert.Contains("at most 5000", Assert.Single(errors["file"]), StringComparison.Ordinal);
        Assert.Equal(Roll.MaxStudents, RollCsv.Read(Encoding.UTF8.GetBytes(list[..list.LastIndexOf('s')]), English, out _).Count);

        RollCsv.Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 150).Select(i => $"?,N{i}\n"))), English, out errors);
        Assert.Equal(RollErrors.MaxLines + 1, errors.Count);
        Assert.Equal("50 more lines are wrong.", Assert.Single(errors["file"]));
    }

    private static IEnumerable<string> Read(byte[] file)
    {
        var students = RollCsv.Read(file, English, out var errors);
        Assert.Empty(errors);
        return students.Select(student => $"{student.Member}={student.Name}");
    }
}
