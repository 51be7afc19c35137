using System.Globalization;
using System.Reflection;
using Rekey.Benchmarks.Peers;

namespace Rekey.Benchmarks.Gateways;

/// <summary>rekey-authz as a process of its own.</summary>
internal sealed class SidecarUnderTest : IAsyncDisposable
{
    private readonly Peer _peer;
    private readonly string _folder;

    private SidecarUnderTest(Peer peer, string folder) => (_peer, _folder) = (peer, folder);

    public Uri Address => _peer.Address;

    public static async Task<SidecarUnderTest> StartAsync(PublishedLists lists, int remembered, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("rekey-sidecar-bench-").FullName;
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Rekey__Address"] = lists.Address.AbsoluteUri,
            ["Rekey__Environment"] = PublishedLists.Environment,
            ["Rekey__Folder"] = folder,
            ["Rekey__RememberedTokens"] = remembered.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in lists.DocumentKey)
        {
            settings[$"Rekey__DocumentKey__{name}"] = value;
        }

        var file = typeof(SidecarUnderTest)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "SidecarFile")
            .Value!;
        return new(await Peer.StartAsync("dotnet", [file, "--urls", "http://127.0.0.1:0"], folder, settings, cancellationToken), folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
