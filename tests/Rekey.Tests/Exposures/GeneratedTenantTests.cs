using CsCheck;
using Rekey.Tests.Support;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;

namespace Rekey.Tests.Exposures;

/// <summary>In a small generated tenant the found keys and reasons are those of the known truth, for one person and for everyone.</summary>
public sealed class GeneratedTenantTests
{
    private const int Keys = 4;

    /// <summary>What can be true of a person and a key.</summary>
    private enum Fact
    {
        SignedNow,
        SignedBefore,
        RefusedToSign,
        Read,
        BackedUpByApplication,
        GrantedOnKey,
        GrantedOnVault,
        GrantedByGroup,
        Eligible,
        OwnsSigningApplication,
        RotatorOnly,
        GrantedUntilLastWeek,
    }

    private static readonly Gen<(int Person, int Key, Fact Fact)[]> Facts = Gen.Select(
        Gen.Int[0, 2],
        Gen.Int[1, Keys],
        Gen.Int[0, Enum.GetValues<Fact>().Length - 1],
        (person, key, fact) => (person, key, (Fact)fact)
    ).Array[0, 12];

    [Fact]
    public Task The_reasons_are_those_of_the_truth() =>
        Facts.SampleAsync(
            async facts =>
            {
                var world = await ExposureWorld.StartAsync(Keys);
                string[] people = [.. Enumerable.Range(0, 3).Select(_ => world.Azure.Add(PrincipalKind.User))];
                var truth = new SortedSet<string>(StringComparer.Ordinal);
                foreach (var (person, key, fact) in facts.Where(f => f.Fact is Fact.GrantedUntilLastWeek))
                {
                    world.Assign(people[person], world.Vault.Officer, ScopeOf(world, key));
                    truth.Add($"{people[person]} {key} granted");
                }

                await world
                    .Company.CustodyFor(world.Company.NewProcess())
                    .KeepAsync(await world.Azure.ReadAsync(world.Company.Clock), default);
                world.Azure.Assignments.RemoveAll(a => people.Contains(a.PrincipalId));
                world.Company.Clock.Advance(TimeSpan.FromDays(7));
                foreach (var (person, key, fact) in facts)
                {
                    foreach (var reason in Happens(world, people[person], key, fact))
                    {
                        truth.Add($"{people[person]} {reason}");
                    }
                }

                var process = world.Company.NewProcess();
                var found = new SortedSet<string>(StringComparer.Ordinal);
                foreach (var person in people)
                {
                    found.UnionWith(Lines(await process.FindExposures.FindAsync(new(person, world.Company.Now, []), default), people));
                }

                Assert.Equal(string.Join('\n', truth), string.Join('\n', found));

                // About everyone, only uses through an application are not attributed to a person.
                var everyone = Lines(await process.FindExposures.FindAsync(new(null, world.Company.Now, []), default), people);
                var through = facts.Where(f => f.Fact is Fact.BackedUpByApplication).Select(f => $"{people[f.Person]} {f.Key} used");
                Assert.Equal(string.Join('\n', truth.Except(through.Where(t => !everyone.Contains(t)))), string.Join('\n', everyone));
            },
            iter: Runs.Of(30),
            threads: 1
        );

    private static SortedSet<string> Lines(Rekey.Exposures.ExposuresFound found, string[] people)
    {
        Assert.Empty(found.Unread);
        return new(
            found.Exposures.SelectMany(e =>
                e.Reasons.Where(r => people.Contains(r.PersonId)).Select(r => $"{r.PersonId} {e.KeyId[^1]} {r.Kind}")
            ),
            StringComparer.Ordinal
        );
    }

    private static IEnumerable<string> Happens(ExposureWorld world, string person, int key, Fact fact)
    {
        var (azure, vault) = (world.Azure, world.Vault);
        switch (fact)
        {
            case Fact.SignedNow:
                world.Does("keysign", key, oid: person);
                return [$"{key} used"];
            case Fact.SignedBefore:
                world.Does("keysign", key, oid: person, at: world.Company.Now - TimeSpan.FromDays(60), version: new string('a', 32));
                return [];
            case Fact.RefusedToSign:
                world.Does("keysign", key, oid: person, status: 403);
                return [];
            case Fact.Read:
                world.Does("keyget", key, oid: person);
                return [];
            case Fact.BackedUpByApplication:
                var app = $"app-of-{person}";
                world.Audit.Changes.Add(new("add service principal credentials", person, app, "", "", world.Company.Now));
                world.Audit.Rows.Add(new(world.Company.Now, "keybackup", AzureEstate.Host, world.Key(key).Name, "", app, IsPerson: false));
                return [$"{key} used"];
            case Fact.GrantedOnKey:
                world.Assign(person, vault.Officer, ScopeOf(world, key));
                return [$"{key} granted"];
            case Fact.GrantedOnVault:
                world.Assign(person, vault.Officer);
                return All("granted");
            case Fact.GrantedByGroup:
                azure.Assign(azure.AddGroup(person), vault.Officer, ScopeOf(world, key));
                return [$"{key} granted"];
            case Fact.Eligible:
                azure.MakeEligible(person, vault.Officer, AzureEstate.Subscription);
                return All("granted");
            case Fact.OwnsSigningApplication:
                var application = azure.Add(PrincipalKind.ServicePrincipal);
                azure.Owners[application] = [person];
                azure.Assign(application, vault.Officer, ScopeOf(world, key));
                return [$"{key} indirect"];
            case Fact.RotatorOnly:
                world.Assign(person, vault.Rotator);
                return [];
            default:
                return [];
        }
    }

    private static IEnumerable<string> All(string kind) => Enumerable.Range(1, Keys).Select(k => $"{k} {kind}");

    private static string ScopeOf(ExposureWorld world, int key) => $"{AzureEstate.VaultId}/keys/{world.Key(key).Name}";
}
