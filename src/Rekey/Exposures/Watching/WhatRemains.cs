using Rekey.Departures;
using Rekey.Exposures.Access;
using Rekey.Trust;

namespace Rekey.Exposures.Watching;

/// <summary>Reads what a person who has left could still act with: credentials of applications, and rights on vaults. What cannot be read
/// counts as remaining.</summary>
public sealed class WhatRemains(
    IPrincipalCredentials credentials,
    GrantedKeys granted,
    DeclaredVaults vaults,
    GovernedKeys governedKeys,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>Plain sentences, each about one thing; none when nothing remains.</summary>
    /// <param name="everyone">An inquiry about everyone: each vault is read once in it.</param>
    public async Task<IReadOnlyList<string>> ReadAsync(Departure departure, ExposureInquiry everyone, CancellationToken cancellationToken)
    {
        // 1. The credentials that the person may know.
        var (now, remaining) = (timeProvider.GetUtcNow(), new List<string>());
        foreach (var reached in departure.Watch!.Reach)
        {
            var known = (await credentials.ReadAsync(reached.Id, cancellationToken)).Count(c => c.IsKnown(reached.KnownUntil, now));
            if (known > 0)
            {
                remaining.Add($"{reached.Id} has {known} {(known == 1 ? "credential" : "credentials")} that the person may know.");
            }
        }

        // 2. A way in that nothing here explains.
        if (departure.Watch.LastActAt is { } acted && acted > departure.TokensEndAt(options))
        {
            remaining.Add($"The person did something at {acted:u}, after every token of theirs had expired: they have a way in.");
        }

        // 3. Their rights, direct, by groups and by ways round.
        foreach (var key in governedKeys.Keys)
        {
            var vault = key.Key.VaultUri.Authority;
            if (vaults.Find(key.Key) is null)
            {
                remaining.Add($"No declaration names {vault}: Rekey does not see what rights the person has left there.");
                continue;
            }

            var answer = await granted.FindAsync(everyone, key, cancellationToken);
            if (answer.NotSeen is { } notSeen)
            {
                remaining.Add($"The access to {vault} could not be read in full: {notSeen.Message}");
            }

            remaining.AddRange(
                answer
                    .Reasons.Where(r => r.PersonId.Equals(departure.PersonId, StringComparison.OrdinalIgnoreCase))
                    .Select(r => $"The person has a right on {key.Key.Id}: {r.Detail}.")
            );
        }

        return [.. remaining.Distinct(StringComparer.Ordinal)];
    }
}
