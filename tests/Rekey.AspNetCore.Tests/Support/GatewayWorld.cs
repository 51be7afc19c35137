using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Ledgers.Forks;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Tests.Support;

/// <summary>An issuer, a Rekey that publishes signed lists, and gateways that pull them.</summary>
internal sealed class GatewayWorld : IAsyncDisposable
{
    public const string TrustPath = "/trust-list";
    public const string BlockPath = "/blocklist";

    private readonly List<IAsyncDisposable> _gateways = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("rekey-gateway-").FullName;

    private GatewayWorld(ListServer server, DateTimeOffset start) => (Server, Clock) = (server, new(start));

    public FakeTimeProvider Clock { get; }

    public TestIssuer Issuer { get; } = new();

    public RollingSigner Signer { get; } = new();

    public ListServer Server { get; }

    /// <summary>The published trust list.</summary>
    public TrustList Trust { get; private set; } = TestIssuer.List();

    /// <summary>The published blocklist.</summary>
    public Blocklist Blocks { get; set; } = Blocklist.Empty;

    public string Folder => Path.Combine(_folder, "gateway-1");

    /// <param name="start">The time of the clock, which stands still until it is moved. Default: the issuer's.</param>
    public static async Task<GatewayWorld> StartAsync(DateTimeOffset? start = null)
    {
        var world = new GatewayWorld(await ListServer.StartAsync(), start ?? TestIssuer.Start);
        var window = start is { } from ? new TrustWindow(from.AddDays(-1), from.AddDays(-1), IssuedUntil: null, TrustedUntil: null) : null;
        await world.PublishTrustAsync(l => l with { Sequence = 1, Keys = [world.Issuer.Entry(window)] });
        await world.PublishBlocksAsync();
        return world;
    }

    /// <summary>Publishes the next trust list, and gives its document.</summary>
    public async Task<byte[]> PublishTrustAsync(Func<TrustList, TrustList>? change = null, string path = TrustPath)
    {
        var next = Trust with { Sequence = Trust.Sequence + 1, MadeAt = Clock.GetUtcNow(), ValidUntil = Clock.GetUtcNow().AddHours(12) };
        Trust = change?.Invoke(next) ?? next;
        var document = await SignedDocument.SignAsync(
            Signer,
            TrustDocuments.TrustListType,
            TrustDocuments.Payload(Trust),
            CancellationToken.None
        );
        Server.Put(path, document);
        return document;
    }

    /// <summary>Publishes the next blocklist, with these entries besides, and gives its document.</summary>
    public async Task<byte[]> PublishBlocksAsync(params BlockEntry[] add)
    {
        Blocks = Blocks.With(new(add, []), Clock.GetUtcNow());
        var sign = new SignBlocklist(Signer, new GovernedKeys("prod", []), new(), Clock);
        var (_, document) = await sign.SignAsync(Blocks, LineHashes.None, acceptedNumber: 0, CancellationToken.None);
        Server.Put(BlockPath, document);
        return document;
    }

    /// <summary>An entry that names a token by its jti.</summary>
    public BlockEntry Block(string jti, TimeSpan? lasts = null) =>
        new(
            BlockKind.Token,
            TestIssuer.Issuer,
            jti,
            IssuedBefore: null,
            Clock.GetUtcNow() + (lasts ?? TimeSpan.FromHours(2)),
            "unissued",
            FindingId: null
        );

    public async Task<GatewayHost> GatewayAsync(
        Action<GatewayOptions>? configure = null,
        Action<WebApplicationBuilder>? services = null,
        Action<WebApplication>? map = null
    )
    {
        var gateway = await GatewayHost.StartAsync(Server.Address, Pinned ?? Signer.Public, Clock, Folder, configure, services, map);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>The document key that gateways pin; null: the one that signs now.</summary>
    public Rekey.Trust.Jose.PublicJwk? Pinned { get; set; }

    /// <summary>Removes what gateways have on disk.</summary>
    public void ForgetDisk() => Directory.Delete(Folder, recursive: true);

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
