using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Access;

public sealed class JoinTicketTests : IDisposable
{
    private static readonly Identity Teacher = new("t-1", "林薇 O'Neil", Role.Teacher, "math-7");

    private readonly string _root = Directory.CreateTempSubdirectory("streaming-").FullName;
    private readonly ManualTime _time = new();
    private readonly DataDirectory _data;
    private readonly JoinTicketIssuer _issuer;
    private readonly JoinTicketValidator _validator;

    public JoinTicketTests()
    {
        _data = DataDirectory.Open(_root);
        _issuer = new JoinTicketIssuer(_data, _time);
        _validator = new JoinTicketValidator(_data, _time);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Role.Teacher)]
    [InlineData(Role.Student)]
    [InlineData(Role.Inspector)]
    public async Task WhatIsIssuedIsBelieved(Role role)
    {
        var (text, issued) = _issuer.Issue(Teacher with { Role = role }, TimeSpan.FromMinutes(480));

        var (ticket, refusal) = await _validator.ValidateAsync(text);

        Assert.Null(refusal);
        Assert.Equal(issued, ticket);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromHours(8), ticket!.ExpiresAt);
    }

    [Fact]
    public async Task ATicketIsGoodUntilItsLastSecondAndExpiredAfterwards()
    {
        var (text, _) = _issuer.Issue(Teacher, TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(await CodeAsync(text));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HubErrors.TicketExpired, await CodeAsync(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task NoTicketIsAnAnswerOfItsOwn(string? text) => Assert.Equal(HubErrors.TicketMissing, await CodeAsync(text));

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9..")]
    public async Task RubbishIsInvalid(string text) => Assert.Equal(HubErrors.TicketInvalid, await CodeAsync(text));

    [Fact]
    public async Task AnEndlessTicketIsInvalid() => Assert.Equal(HubErrors.TicketInvalid, await CodeAsync(new string('a', 1_000_000)));

    [Fact]
    public async Task AHandMadeTicketOfTheRightShapeIsBelieved() => Assert.Null(await CodeAsync(Make(_ => { })));

    [Fact]
    public async Task AForeignKeyIsInvalid() =>
        Assert.Equal(HubErrors.TicketInvalid, await CodeAsync(Make(_ => { }, key: RandomNumberGenerator.GetBytes(32))));

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    public async Task AnotherAlgorithmIsInvalid(string algorithm) => Assert.Equal(HubErrors.TicketInvalid, await CodeAsync(Make(_ => { }, algorithm)));

    [Fact]
    public async Task AlgorithmNoneWithoutASignatureIsInvalid()
    {
        var text = Make(_ => { }, "none");
        Assert.Equal(HubErrors.TicketInvalid, await CodeAsync(text[..(text.LastIndexOf('.') + 1)]));
    }

    [Theory]
    [InlineData("aud", "another")]
    [InlineData("iss", "another")]
    [InlineData("sub", "not allowed")]
    [InlineData("sub", null)]
    [InlineData("class", "../etc")]
    [InlineData("class", null)]
    [InlineData("role", "Teacher")]
    [InlineData("role", "0")]
    [InlineData("role", null)]
    [InlineData("name", "")]
    [InlineData("name", "evil\u202Eeman")]
    [InlineData("name", null)]
    [InlineData("exp", null)]
    public async Task AWrongOrMissingClaimIsInvalid(string claim, string? value) =>
        Assert.Equal(HubErrors.TicketInvalid, await CodeAsync(Make(claims => claims[claim] = value)));

    [Fact]
    public async Task ATamperedTicketIsInvalidWhicheverCharacterIsChanged()
    {
        var text = Make(_ => { });
        for (var i = 0; i < text.Length - 1; i++)
        {
            var tampered = $"{text[..i]}{(text[i] == 'A' ? 'B' : 'A')}{text[(i + 1)..]}";
            Assert.Equal(HubErrors.TicketInvalid, await CodeAsync(tampered));
        }
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("李小明 😀", true)]
    [InlineData("O'Neil-Smith, Jr.", true)]
    [InlineData(" ", false)]
    [InlineData("a\u0000b", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u200Fb", false)]
    [InlineData("a\u2066b", false)]
    [InlineData("a\u200Bb", false)]
    [InlineData("a\u00ADb", false)]
    [InlineData("\u3164", false)]
    [InlineData("a\U000E0041", false)]
    [InlineData("\u200D", false)]
    [InlineData(" \u200C ", false)]
    [InlineData("\u0646\u0627\u0645\u200C\u0647\u0627", true)]
    [InlineData("👩‍🏫", true)]
    public void NamesAreShownToEverybodyAndMustBeHarmless(string name, bool valid) => Assert.Equal(valid, TicketClaims.IsValidName(name));

    [Fact]
    public void ANameWithHalfACharacterOrTooManyIsRefused()
    {
        Assert.False(TicketClaims.IsValidName("a" + (char)0xD83D));
        Assert.True(TicketClaims.IsValidName(new string('n', 64)));
        Assert.False(TicketClaims.IsValidName(new string('n', 65)));
    }

    private async Task<string?> CodeAsync(string? text) => (await _validator.ValidateAsync(text)).Refusal?.Code;

    private string Make(Action<JsonObject> change, string algorithm = "HS256", byte[]? key = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = TicketClaims.Issuer,
            ["aud"] = TicketClaims.Audience,
            ["sub"] = "t-1",
            ["name"] = "Lin",
            ["class"] = "math-7",
            ["role"] = "teacher",
            ["exp"] = (_time.GetUtcNow() + TimeSpan.FromHours(1)).ToUnixTimeSeconds(),
        };
        change(claims);
        foreach (var (claim, value) in claims.ToArray())
        {
            _ = value is null && claims.Remove(claim);
        }

        var signed = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        key ??= _data.TicketKey;
        var signature = algorithm switch
        {
            "HS384" => HMACSHA384.HashData(key, bytes),
            "HS512" => HMACSHA512.HashData(key, bytes),
            _ => HMACSHA256.HashData(key, bytes),
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";

        static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
    }
}
