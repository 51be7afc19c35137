using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Benchmarks.Gateways;

/// <summary>A trust list with one key and a blocklist, served as Rekey's app serves them.</summary>
internal sealed class PublishedLists : IAsyncDisposable
{
    public const string Environment = "bench";

    private readonly BenchmarkSigner _signer = new();
    private readonly WebApplication _app;
    private byte[] _trust = [];
    private byte[] _blocks = [];

    private PublishedLists(WebApplication app, Blocklist blocks) => (_app, Blocks) = (app, blocks);

    public Blocklist Blocks { get; private set; }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The members of the document key.</summary>
    public Dictionary<string, string> DocumentKey =>
        new(StringComparer.Ordinal)
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = _signer.Public.X!,
            ["y"] = _signer.Public.Y!,
        };

    /// <param name="blocked">The number of blocked tokens: half by their hash, half by their jti.</param>
    public static async Task<PublishedLists> StartAsync(
        PublicJwk key,
        string issuer,
        string audience,
        int blocked,
        CancellationToken cancellationToken
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var now = DateTimeOffset.UtcNow;
        var lists = new PublishedLists(
            builder.Build(),
            new(
                1,
                Enumerable
                    .Range(0, blocked)
                    .Select(n =>
                        Entry(
                            n % 2 == 0 ? BlockKind.SigningInput : BlockKind.Token,
                            issuer,
                            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{n}"))),
                            now
                        )
                    )
            )
        );
        var trust = new TrustList(
            Environment,
            1,
            now,
            now.AddHours(12),
            LedgerMark.Empty,
            [
                new(
                    "kv/login",
                    "v1",
                    key.Thumbprint,
                    key.Thumbprint,
                    key,
                    "login",
                    issuer,
                    [audience],
                    ["ES256"],
                    new(now.AddDays(-1), now.AddDays(-1), IssuedUntil: null, TrustedUntil: null),
                    Current: true
                ),
            ],
            []
        )
        {
            Tokens = TokenRules.Of(new()),
        };
        lists._trust = await SignedDocument.SignAsync(
            lists._signer,
            TrustDocuments.TrustListType,
            TrustDocuments.Payload(trust),
            cancellationToken
        );
        await lists.SignBlocksAsync(cancellationToken);
        lists._app.Run(context =>
            context.Response.Body.WriteAsync(context.Request.Path == "/trust-list" ? lists._trust : lists._blocks).AsTask()
        );
        await lists._app.StartAsync(cancellationToken);
        return lists;
    }

    /// <summary>Blocks one more token, from the return on.</summary>
    public async Task BlockAsync(string issuer, string jti, CancellationToken cancellationToken)
    {
        Blocks = Blocks.With(new([Entry(BlockKind.Token, issuer, jti, DateTimeOffset.UtcNow)], []), DateTimeOffset.UtcNow);
        await SignBlocksAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task SignBlocksAsync(CancellationToken cancellationToken)
    {
        var sign = new SignBlocklist(_signer, new GovernedKeys(Environment, []), new(), TimeProvider.System);
        _blocks = (await sign.SignAsync(Blocks, LineHashes.None, acceptedNumber: 0, cancellationToken)).Document;
    }

    private static BlockEntry Entry(BlockKind kind, string issuer, string value, DateTimeOffset now) =>
        new(kind, issuer, value, IssuedBefore: null, now.AddHours(1), "unissued", StableId.Of("finding", value));
}
