using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Departures.SecurityEvents;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust.Jose;

namespace Rekey.Tests.Departures.SecurityEvents;

/// <summary>Security events: good, repeated, forged, malformed, and of the wrong subject.</summary>
public sealed class SecurityEventTests
{
    private const string Issuer = "https://idp.demo.example/t1";
    private const string Risc = "https://schemas.openid.net/secevent/risc/event-type/";
    private const string Caep = "https://schemas.openid.net/secevent/caep/event-type/";
    private const string Verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";

    private readonly Keys _keys = new();

    public static TheoryData<string, string> Refusals =>
        new()
        {
            { "typ:JWT", "invalid_request" },
            { "typ:at+jwt", "invalid_request" },
            { "crit", "invalid_request" },
            { "alg:none", "invalid_key" },
            { "alg:HS256", "invalid_key" },
            { "alg:RS256", "authentication_failed" },
            { "alg:ES384", "authentication_failed" },
            { "kid:other", "invalid_key" },
            { "kid:", "invalid_key" },
            { "iss:https://idp.demo.example/t2", "invalid_issuer" },
            { "iss:", "invalid_issuer" },
            { "aud:https://elsewhere.example", "invalid_audience" },
            { "aud-", "invalid_audience" },
            { "jti-", "invalid_request" },
            { "iat-", "invalid_request" },
            { "iat:old", "invalid_request" },
            { "iat:future", "invalid_request" },
            { "sub:x", "invalid_request" },
            { "exp:1", "invalid_request" },
            { "sub_id-", "invalid_request" },
            { "events-", "invalid_request" },
            { "events:two", "invalid_request" },
            { "events:unknown", "invalid_request" },
            { "payload", "authentication_failed" },
            { "signature", "authentication_failed" },
            { "other key", "authentication_failed" },
        };

    public static TheoryData<string, bool> Subjects =>
        new()
        {
            { Person("iss_sub", "sub"), true },
            { """{"format":"iss_sub","iss":"https://idp.demo.example/t2","sub":"ID"}""", false },
            { """{"format":"iss_sub","iss":"https://idp.demo.example/t1","sub":"not-a-guid"}""", false },
            { """{"format":"opaque","id":"ID"}""", true },
            { """{"format":"email","email":"leaver@demo.example"}""", true },
            { """{"format":"email","email":"leaver@demo.example/../x"}""", false },
            { """{"format":"phone_number","phone_number":"+491234"}""", false },
            { """{"format":"complex","user":{"format":"opaque","id":"ID"}}""", true },
            { """{"format":"complex","user":{"format":"opaque","id":"ID"},"tenant":{"format":"opaque","id":"t-1"}}""", true },
            { """{"format":"complex","user":{"format":"opaque","id":"ID"},"tenant":{"format":"opaque","id":"t-2"}}""", false },
            { """{"format":"complex","user":{"format":"opaque","id":"ID"},"session":{"format":"opaque","id":"s"}}""", false },
            { """{"format":"complex","user":{"format":"opaque","id":"ID"},"group":{"format":"opaque","id":"g"}}""", false },
            { """{"format":"complex","group":{"format":"opaque","id":"g"}}""", false },
            { "17", false },
            { "{}", false },
        };

    [Theory]
    [InlineData("account-disabled")]
    [InlineData("account-purged")]
    public async Task A_closed_account_is_a_departure_once_the_directory_confirms_it(string type)
    {
        var company = await CompanyAsync();
        var text = Sign(Claims(company, Risc + type));
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        Assert.True(await TakeAsync(company, text));
        Assert.Empty(company.Departures.All);

        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        Assert.True(await TakeAsync(company, Sign(Claims(company, Risc + type, jti: "set-2"))));
        var departure = Assert.Single(company.Departures.All);
        Assert.Equal(
            ($"{Company.Leaver}", true, TakeSecurityEvent.Source),
            (departure.PersonId, departure.Confirmed, departure.Sources[0].Source)
        );
        Assert.Equal(2, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.SecurityEventTaken));
    }

    [Fact]
    public async Task An_event_that_comes_again_is_accepted_and_changes_nothing()
    {
        var company = await CompanyAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var text = Sign(Claims(company, Risc + "account-disabled"));
        Assert.True(await TakeAsync(company, text));
        var lines = company.VerifiedLedger().Count;
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        company.Clock.Advance(VerifySecurityEvent.MaxAge - TimeSpan.FromHours(1));
        Assert.False(await TakeAsync(company, text));
        Assert.Equal(lines, company.VerifiedLedger().Count);
    }

    [Fact]
    public async Task An_enabled_account_is_seen_to_be_back()
    {
        var company = await CompanyAsync();
        await company.NewProcess().LeavesAsync(Company.Leaver);
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        Assert.True(await TakeAsync(company, Sign(Claims(company, Risc + "account-enabled"))));
        Assert.Equal(2, company.People.All.Single().Epoch);
    }

    /// <summary>T12: a password reset or a revoked session rotates nothing.</summary>
    [Theory]
    [InlineData(Caep + "session-revoked")]
    [InlineData(Caep + "credential-change")]
    [InlineData(Risc + "sessions-revoked")]
    [InlineData(Risc + "identifier-recycled")]
    [InlineData(Verification)]
    public async Task All_other_events_are_recorded_and_nothing_else(string type)
    {
        var company = await CompanyAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        Assert.True(await TakeAsync(company, Sign(Claims(company, type))));
        Assert.Empty(company.Departures.All);
        Assert.Contains(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.SecurityEventTaken && l.Entry.Facts["type"] == type);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_not_right_is_refused_with_the_code_of_the_standard(string flaw, string code)
    {
        var company = await CompanyAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var text = Flawed(company, flaw);
        var refused = await Assert.ThrowsAsync<SecurityEventRefusedException>(() => TakeAsync(company, text));
        Assert.Equal(code, refused.Code);
        Assert.Empty(company.Departures.All);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.SecurityEventTaken);
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task A_transmitter_is_bound_to_formats_and_tenants(string subject, bool isAccepted)
    {
        var company = await CompanyAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var claims = Claims(company, Risc + "account-disabled");
        claims["sub_id"] = JsonNode.Parse(subject.Replace("ID", $"{Company.Leaver}", StringComparison.Ordinal));
        if (isAccepted)
        {
            Assert.True(await TakeAsync(company, Sign(claims)));
            Assert.Single(company.Departures.All);
        }
        else
        {
            await Assert.ThrowsAsync<SecurityEventRefusedException>(() => TakeAsync(company, Sign(claims)));
            Assert.Empty(company.Departures.All);
        }
    }

    [Fact]
    public async Task Without_other_formats_only_iss_sub_is_accepted()
    {
        var company = await CompanyAsync();
        company.Options.Departures.Transmitters[0].SubjectFormats = [];
        var claims = Claims(company, Risc + "account-disabled");
        claims["sub_id"] = JsonNode.Parse($$"""{"format":"opaque","id":"{{Company.Leaver}}"}""");
        await Assert.ThrowsAsync<SecurityEventRefusedException>(() => TakeAsync(company, Sign(claims)));
    }

    [Fact]
    public async Task An_event_that_cannot_be_handled_now_is_not_accepted_and_not_remembered()
    {
        var company = await CompanyAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var text = Sign(Claims(company, Risc + "account-disabled"));
        company.Directory.Fault = _ => throw new RetryLaterException("Silence.");
        await Assert.ThrowsAsync<RetryLaterException>(() => TakeAsync(company, text));
        company.Directory.Fault = _ => { };
        await Assert.ThrowsAsync<RetryLaterException>(() => TakeAsync(company, text, _ => TimeSpan.FromMinutes(3)));
        Assert.True(await TakeAsync(company, text));
        Assert.Single(company.Departures.All);
    }

    /// <summary>Any change of a good token, and any text at all, is refused; nothing crashes.</summary>
    [Fact]
    public async Task Altered_tokens_never_pass()
    {
        var company = await CompanyAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var good = Sign(Claims(company, Risc + "account-disabled"));
        var altered = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Char, Gen.Int[0, 2], (at, c, how) => how == 0 ? good[..at]
            : how == 1 ? good[..at] + c + good[(at + 1)..]
            : good[..at] + c + good[at..]);
        await Gen.OneOf(altered, Gen.String)
            .Where(t => t != good)
            .SampleAsync(
                async text =>
                {
                    await Assert.ThrowsAsync<SecurityEventRefusedException>(() => TakeAsync(company, text));
                },
                iter: 2_000,
                threads: 1
            );
        Assert.Empty(company.Departures.All);
    }

    private static string Person(string format, string member) => $$"""{"format":"{{format}}","iss":"{{Issuer}}","{{member}}":"ID"}""";

    private static async Task<Company> CompanyAsync() =>
        await Company.WithBaselineAsync(configure: o =>
            o.Departures.Transmitters = [
                new()
                {
                    Issuer = Issuer,
                    Audience = "https://rekey.example/ssf",
                    SubjectFormats = ["iss_sub", "opaque", "email"],
                    Tenants = ["t-1"],
                },
            ]
        );

    private static JsonObject Claims(Company company, string type, string jti = "set-1") =>
        new()
        {
            ["iss"] = Issuer,
            ["jti"] = jti,
            ["iat"] = company.Now.ToUnixTimeSeconds(),
            ["aud"] = new JsonArray("https://other.example", "https://rekey.example/ssf"),
            ["txn"] = "tx-42",
            ["sub_id"] = JsonNode.Parse(Person("iss_sub", "sub").Replace("ID", $"{Company.Leaver}", StringComparison.Ordinal)),
            ["events"] = new JsonObject { [type] = new JsonObject { ["reason"] = "hijacking" } },
        };

    private Task<bool> TakeAsync(Company company, string text, Func<Guid, TimeSpan?>? mayRead = null)
    {
        var process = company.NewProcess();
        return new TakeSecurityEvent(
            new(_keys, company.Options.Departures, company.Clock),
            new(process.Ledger, process.Reader),
            process.Notice,
            _keys,
            company.Options.Departures,
            company.Clock
        ).TakeAsync(text, mayRead ?? (_ => TimeSpan.Zero), default);
    }

    private string Flawed(Company company, string flaw)
    {
        var claims = Claims(company, Risc + "account-disabled");
        var header = Header();
        var parts = flaw.Split(':', 2);
        switch (parts[0])
        {
            case "typ" or "alg" or "kid":
                header[parts[0]] = parts[1];
                break;
            case "crit":
                header["crit"] = new JsonArray("x");
                break;
            case "iat":
                claims["iat"] = (
                    parts[1] == "old" ? company.Now - VerifySecurityEvent.MaxAge - TimeSpan.FromHours(1) : company.Now.AddHours(1)
                ).ToUnixTimeSeconds();
                break;
            case "events":
                claims["events"] =
                    parts[1] == "two"
                        ? new JsonObject { [Risc + "account-disabled"] = new JsonObject(), [Risc + "account-purged"] = new JsonObject() }
                        : new JsonObject { ["https://elsewhere.example/account-disabled"] = new JsonObject() };
                break;
            case "payload":
                var (signed, other) = (Sign(claims).Split('.'), Sign(Claims(company, Risc + "account-purged")).Split('.'));
                return $"{signed[0]}.{other[1]}.{signed[2]}";
            case "signature":
                var text = Sign(claims);
                return text[..^1] + (text[^1] == 'A' ? 'Q' : 'A');
            case "other key":
                using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    return Sign(claims, header, key);
                }

            case var name when name.EndsWith('-'):
                claims.Remove(name[..^1]);
                break;
            default:
                claims[parts[0]] = parts[1];
                break;
        }

        return Sign(claims, header);
    }

    private static JsonObject Header() =>
        new()
        {
            ["typ"] = "secevent+jwt",
            ["alg"] = "ES256",
            ["kid"] = "k-1",
        };

    private string Sign(JsonObject claims, JsonObject? header = null, ECDsa? key = null)
    {
        var input =
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes((header ?? Header()).ToJsonString()))}."
            + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        var signature = (key ?? _keys.Key).SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private sealed class Keys : ITransmitterKeys, IPersonLookup
    {
        public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public Task<IReadOnlyList<PublicJwk>> FindAsync(Uri issuer, string kid, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PublicJwk>>(issuer == new Uri(Issuer) && kid == "k-1" ? [FakeVault.PublicOf(Key)] : []);

        public Task<Guid?> FindByNameAsync(string userPrincipalName, CancellationToken cancellationToken) =>
            Task.FromResult<Guid?>(userPrincipalName == "leaver@demo.example" ? Company.Leaver : null);
    }
}
