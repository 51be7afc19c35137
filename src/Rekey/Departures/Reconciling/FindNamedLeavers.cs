using Rekey.Core;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Vaults;

namespace Rekey.Departures.Reconciling;

/// <summary>Finds the people who are named for a key that has trusted versions.</summary>
public sealed class FindNamedLeavers(IEnumerable<INamedPeople> sources, GovernedKeys governedKeys, TrustLedger trustLedger)
{
    /// <returns>The people, and whether every source could be read.</returns>
    public async Task<(IReadOnlySet<Guid> Named, bool IsComplete)> ReadAsync(CancellationToken cancellationToken)
    {
        var history = await trustLedger.ReadAsync(cancellationToken);
        var (named, gate, isComplete) = (new HashSet<Guid>(), new Lock(), true);
        await VaultsInParallel.RunAsync(
            governedKeys.Keys.Where(k => history.TrustedOf(k.Key.Id).Any()),
            k => k.Key,
            async (keys, _, limited) =>
            {
                var failures = new Failures();
                foreach (var key in keys)
                {
                    foreach (var source in sources)
                    {
                        var (people, failure) = await failures.AskAsync(() => source.ReadNamedAsync(key, limited), whom: source);
                        lock (gate)
                        {
                            isComplete &= failure is null;
                            named.UnionWith((people ?? []).Where(p => Guid.TryParse(p, out var _)).Select(p => Guid.Parse(p)));
                        }
                    }
                }
            },
            cancellationToken
        );
        return (named, isComplete);
    }
}
