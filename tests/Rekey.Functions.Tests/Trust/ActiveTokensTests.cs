using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rekey.Blocking;
using Rekey.Functions.Trust;
using Rekey.Ledgers;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Tests.Trust;

/// <summary>A remembered answer holds no longer than the judge would say the same.</summary>
public sealed class ActiveTokensTests
{
    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TrustList List = new("prod", 1, Now, Now.AddHours(1), LedgerMark.Empty, [], []);
    private static readonly TrustHistory History = new();
    private static readonly Blocklist Blocked = new(1, []);

    [Fact]
    public void It_holds_from_its_beginning_to_its_end()
    {
        var tokens = new ActiveTokens(List, Blocked, History, 10);
        var hash = TokenHash.Of("a.b.c");
        tokens.Add(hash, new("x"u8.ToArray(), Now, Now.AddMinutes(1)));
        Assert.NotNull(tokens.Find(hash, Now));
        Assert.Null(tokens.Find(hash, Now.AddTicks(-1)));
        Assert.NotNull(tokens.Find(hash, Now.AddMinutes(1).AddTicks(-1)));
        Assert.Null(tokens.Find(hash, Now.AddMinutes(1)));
        Assert.Null(tokens.Find(TokenHash.Of("a.b.d"), Now));
    }

    [Fact]
    public void It_rests_on_one_trust_list_one_blocklist_and_one_ledger()
    {
        var tokens = new ActiveTokens(List, Blocked, History, 10);
        Assert.True(tokens.RestsOn(List, Blocked, History));
        Assert.False(tokens.RestsOn(List with { Sequence = 2 }, Blocked, History));
        Assert.False(tokens.RestsOn(List, new Blocklist(1, []), History));
        Assert.False(tokens.RestsOn(List, Blocked, History.Snapshot()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public void It_remembers_so_many_and_no_more(int max)
    {
        var tokens = new ActiveTokens(List, Blocked, History, max);
        var hashes = Enumerable.Range(0, 1000).Select(n => TokenHash.Of($"token {n}")).ToList();
        foreach (var hash in hashes)
        {
            tokens.Add(hash, new("x"u8.ToArray(), Now, Now.AddMinutes(1)));
        }

        Assert.InRange(hashes.Count(h => tokens.Find(h, Now) is not null), 0, max + 1);
        Assert.Equal(max > 0, tokens.Find(hashes[^1], Now) is not null);
    }

    [Fact]
    public void The_judge_says_how_long_its_verdict_holds()
    {
        // Window and claims in every order: whichever bound comes first counts.
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        var jwk = new PublicJwk(
            "EC",
            "P-256",
            System.Buffers.Text.Base64Url.EncodeToString(q.X),
            System.Buffers.Text.Base64Url.EncodeToString(q.Y),
            null,
            null
        );
        var options = new TrustOptions();
        foreach (var (exp, until) in new[] { (600, 900), (600, 100), (600, 5000) })
        {
            var list = List with
            {
                Keys =
                [
                    new(
                        "k",
                        "v",
                        "kid",
                        jwk.Thumbprint,
                        jwk,
                        "login",
                        "iss",
                        ["aud"],
                        ["ES256"],
                        new(Now.AddHours(-1), Now.AddHours(-1), Now, Now.AddSeconds(until)),
                        true
                    ),
                ],
            };
            var now = Now.ToUnixTimeSeconds();
            var claims = $$"""{"iss":"iss","aud":"aud","iat":{{now - 60}},"exp":{{now + exp}}}""";
            var input = $"{Part("""{"alg":"ES256","kid":"kid"}""")}.{Part(claims)}";
            var signature = key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
            var token = $"{input}.{Base64Url.EncodeToString(signature)}";
            var verdict = TokenJudge.Judge(token, list, options, Now);
            Assert.Null(verdict.Refusal);
            Assert.True(TokenJudge.Judge(token, list, options, verdict.HoldsUntil.AddTicks(-1)).Active);
            Assert.False(TokenJudge.Judge(token, list, options, verdict.HoldsUntil).Active);
            Assert.True(TokenJudge.Judge(token, list, options, verdict.HoldsFrom).Active);
            Assert.False(TokenJudge.Judge(token, list, options, verdict.HoldsFrom.AddTicks(-1)).Active);
        }

        static string Part(string json) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(json));
    }
}
