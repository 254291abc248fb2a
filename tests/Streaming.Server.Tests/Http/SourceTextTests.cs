using Streaming.Server.Http;

namespace Streaming.Server.Tests.Http;

public sealed class SourceTextTests
{
    [Fact]
    public void WhatIsForPeopleIsLeftOutAndEveryLineStaysWhereItWas() => Assert.Equal(
        "\n\n\nexport function one() {\n\nreturn 1; // said behind\n}\n",
        SourceText.Condense("/**\n * A number.\n */\nexport function one() {\n  // first of all\n  return 1; // said behind\n}\n"));

    [Theory]
    [InlineData("  /** @type {X} */ (y).z();", "(y).z();")]
    [InlineData("  const a = /** @type {X} */ (y);", "const a = /** @type {X} */ (y);")]
    [InlineData("/* one */ .a { color: red; }", ".a { color: red; }")]
    [InlineData("a { background: url(/*)", "a { background: url(/*)")]
    [InlineData("const p = 'http://x'; /* y", "const p = 'http://x'; /* y")]
    public void ALineWithCodeKeepsIt(string line, string condensed) => Assert.Equal(condensed, SourceText.Condense(line));

    [Fact]
    public void ATextOfSeveralLinesIsNotTouched()
    {
        const string Source = "const text = `\n  // not a comment\n`;\n  // one";
        Assert.Equal(Source, SourceText.Condense(Source));
    }
}
