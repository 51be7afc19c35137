using System.Security.Cryptography;
using System.Text;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;

namespace Rekey.Benchmarks.Apps;

/// <summary>A company with as many keys as wanted, its baseline taken, and brakes out of the way.</summary>
internal static class BenchmarkCompany
{
    public static string PersonOf(string name) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString();

    public static async Task<(World World, RekeyClient Rekey)> StartAsync(
        IReadOnlyList<WorldKey> keys,
        string? app,
        bool throttled,
        CancellationToken cancellationToken
    )
    {
        var world = await World.StartAsync(
            new()
            {
                Keys = keys,
                AppRoot = app,
                Throttled = throttled,
                Progress = new Progress<string>(Console.Error.WriteLine),
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Rekey__Rotations__MaxRotationsAnHour"] = "100000",
                    ["Rekey__Rotations__MaxIssuerSharePercent"] = "100",
                    ["Rekey__Departures__MaxDeparturesAnHour"] = "100000",
                },
            },
            cancellationToken
        );
        var rekey = new RekeyClient(world);
        await rekey.TakeBaselineAsync(cancellationToken);
        return (world, rekey);
    }
}
