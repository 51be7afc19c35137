using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Faults;

/// <summary>A vault that makes 20 versions in 10 seconds, and a person who had more keys than that.</summary>
public sealed class ThrottledVaultTests
{
    [Fact]
    public async Task A_throttled_vault_is_waited_for_and_nothing_is_lost()
    {
        const int Count = 25;
        var person = LocalCompany.PersonOf("custodian of many");
        var keys = Enumerable.Range(0, Count).Select(i => new WorldKey($"key-{i:00}", person)).ToList();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Rekey__Rotations__Lease"] = "00:00:40",
            ["Rekey__Rotations__CallTimeout"] = "00:00:30",
        };
        await using var company = await LocalCompany.StartAsync(keys, settings, throttled: true);

        // A slow machine may stay under the limit by itself: these refusals come whatever its pace.
        company.World.Vault.Faults.Fail("KeyRotate", 429, times: 5, retryAfter: TimeSpan.FromSeconds(1));
        await company.SettledAsync(await company.LeaveAsync(person));

        Assert.True(
            company.World.Vault.Audit.Count(a => a is { OperationName: "KeyRotate", HttpStatus: 429 }) >= 5,
            "the vault has refused"
        );
        Assert.All(keys, k => Assert.Equal(2, company.World.Vault.VersionsOf(k.Name).Count));
        foreach (var key in keys)
        {
            await company.AssertContainedAsync(key);
        }
    }
}
