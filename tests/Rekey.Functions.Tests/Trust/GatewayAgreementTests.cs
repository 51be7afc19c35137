using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Rekey.AspNetCore.Tests.Support;
using Rekey.Blocking;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Vaults;

namespace Rekey.Functions.Tests.Trust;

/// <summary>A gateway with the package decides as introspection does: it pulls what this app serves, and is asked the same
/// tokens.</summary>
public sealed class GatewayAgreementTests
{
    private const int Tokens = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Table of claims and header members; each in an honest token.</summary>
    public static TheoryData<string, string> Shapes =>
        new()
        {
            { "", "" },
            { "", ",\"jti\":\"t\"" },
            { "", ",\"jti\":4711" },
            { "", ",\"jti\":null" },
            { "", ",\"jti\":\"\"" },
            { "", ",\"sub\":[]" },
            { "", ",\"sub\":\"\\ud800\"" },
            { "", ",\"client_id\":7" },
            { "", ",\"azp\":7" },
            { "", ",\"nbf\":\"soon\"" },
            { "", ",\"nbf\":1.5" },
            { "", ",\"nbf\":1e300" },
            { "", ",\"exp\":9999999999" },
            { "", ",\"scope\":[1,2],\"cnf\":{},\"x\":[[[[]]]]" },
            { "", ",\"actort\":\"x\",\"acr\":7,\"auth_time\":\"x\",\"amr\":7,\"\":null" },
            { ",\"crit\":[]", "" },
            { ",\"b64\":false", "" },
            { ",\"b64\":true", "" },
            { ",\"cty\":7", "" },
            { ",\"x5t\":{}", "" },
            { ",\"zip\":\"DEF\"", "" },
            { ",\"zip\":null", "" },
            { ",\"enc\":\"x\"", "" },
            { ",\"jku\":7,\"jwk\":7,\"x5u\":7,\"x5c\":7", "" },
            { ",\"typ\":\"id+jwt\"", "" },
            { ",\"typ\":\"application/at+jwt\"", "" },
            { ",\"typ\":7", "" },
            { ",\"kid\":\"other\"", "" },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_token_of_any_shape_gets_one_verdict(string header, string claims)
    {
        await using var pair = await PairAsync();
        var token = Mint(pair.Company, pair.Company.Vault.Newest(pair.Company.Key), header, claims);
        Assert.Equal(await pair.Instance.IsActiveAsync(token), await pair.Gateway.AcceptsAsync(token));
    }

    /// <summary>After any sequence of blocks, expiries, rotations and lost pulls, the first pull that arrives makes the gateway's view the
    /// server's; and what the gateway refused as blocked it never accepts because of a lost pull.</summary>
    [Fact]
    public async Task After_any_sequence_the_gateways_view_is_the_servers() =>
        await Gen.Int[0, 6]
            .Array[1, 12]
            .SampleAsync(
                async deeds =>
                {
                    await using var pair = await PairAsync();
                    var (company, tokens) = (pair.Company, new List<string>());
                    for (var n = 0; n < deeds.Length; n++)
                    {
                        var by = company.Vault.Newest(company.Key);
                        tokens.Add(Instance.Mint(company, by, $"t-{n % Tokens}"));
                        switch (deeds[n])
                        {
                            case 0 or 1:
                                await company
                                    .NewProcess()
                                    .Blocklist.ChangeAsync(
                                        [Entry(company, $"t-{n % Tokens}", minutes: deeds[n] == 0 ? 60 : 2)],
                                        [],
                                        Cancel
                                    );
                                break;
                            case 2:
                                var entry = Entry(company, $"t-{(n + 1) % Tokens}", 60);
                                await company.NewProcess().Blocklist.ChangeAsync([], [entry.Id], Cancel);
                                break;
                            case 3:
                                company.Clock.Advance(TimeSpan.FromMinutes(3));
                                break;
                            case 4:
                                await company.NewProcess().OrderAsync($"departure-{n}", Urgency.Immediate);
                                await company.NewProcess().GoAsync();
                                break;
                            case 5:
                                pair.Server.Trouble = static context =>
                                {
                                    context.Abort();
                                    return Task.FromResult(true);
                                };
                                Assert.NotNull((await pair.Gateway.Gateway.PullAsync(Cancel)).Failure);
                                pair.Server.Trouble = null;
                                continue;
                            default:
                                company.Clock.Advance(TimeSpan.FromHours(5));
                                await company.NewProcess().Publish.PublishAsync(Cancel);
                                await company.NewProcess().PublishBlocklist.PublishAsync(Cancel);
                                break;
                        }

                        pair.Instance.Pause();
                        if (n % 3 != 1)
                        {
                            await pair.PullAsync();
                            await AgreeAsync(pair, tokens);
                        }
                    }

                    await pair.PullAsync();
                    await AgreeAsync(pair, tokens);
                },
                iter: 15,
                threads: 1
            );

    private static async Task AgreeAsync(Pair pair, IEnumerable<string> tokens)
    {
        foreach (var token in tokens)
        {
            Assert.Equal(await pair.Instance.IsActiveAsync(token), await pair.Gateway.AcceptsAsync(token));
        }
    }

    private static BlockEntry Entry(Company company, string jti, int minutes) =>
        new(
            BlockKind.Token,
            "https://login.example",
            jti,
            IssuedBefore: null,
            BlockRules.WholeSeconds(company.Now.AddMinutes(minutes)),
            "unissued",
            FindingId: null
        );

    /// <summary>The members that are given replace those of an honest token.</summary>
    private static string Mint(Company company, VaultVersion by, string header, string claims)
    {
        static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
        static string Without(string member, string given, string json) =>
            given.Contains($"\"{member}\":", StringComparison.Ordinal) ? "" : $",\"{member}\":{json}";
        var now = company.Now.ToUnixTimeSeconds();
        var input =
            Part($$"""{"alg":"ES256"{{Without("kid", header, $"\"{by.Public.PublicKey.Thumbprint}\"")}}{{header}}}""")
            + "."
            + Part(
                $$"""
                {"iss":"https://login.example","aud":"shop","iat":{{now}}{{Without("exp", claims, $"{now + 600}")}}{{claims}}}
                """.Trim()
            );
        var signature = by.Private.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static async Task<Pair> PairAsync()
    {
        var company = await Instance.CompanyAsync();
        var pair = new Pair(company, new(company), await ListServer.StartAsync());
        await pair.ServeAsync();
        pair.Gateway = await GatewayHost.StartAsync(pair.Server.Address, company.Signer.Public, company.Clock, pair.Folder);
        return pair;
    }

    private sealed record Pair(Company Company, Instance Instance, ListServer Server) : IAsyncDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("rekey-agreement-").FullName;

        public GatewayHost Gateway { get; set; } = null!;

        /// <summary>Serves what the app serves now.</summary>
        public async Task ServeAsync()
        {
            Server.Put("/trust-list", (await Instance.Trust.ViewAsync(Cancel)).Jws!.Content.ToArray());
            Server.Put("/blocklist", (await Instance.Blocklist.ViewAsync(Cancel)).Jws!.Content.ToArray());
        }

        public async Task PullAsync()
        {
            await ServeAsync();
            Assert.Null((await Gateway.Gateway.PullAsync(Cancel)).Failure);
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Server.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
