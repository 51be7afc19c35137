using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Responses;

namespace Rekey.Tests.VaultAccess;

/// <summary>The sweep over time: what is told, once, and when it is said to be over.</summary>
public sealed class SweepVaultAccessTests
{
    [Fact]
    public async Task What_goes_away_closes_its_findings_and_what_comes_back_opens_them_again()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        var (_, grant) = watch.LetIn();
        await watch.SweepAsync();
        Assert.Equal(["vault-grant-undeclared", "vault-human-in-production"], watch.Open.Select(f => f.Kind).Order(StringComparer.Ordinal));
        watch.Azure.Assignments.Remove(grant);
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
        watch.Azure.Assignments.Add(grant with { Id = grant.Id.Replace("00000", "00001", StringComparison.Ordinal) });
        await watch.SweepAsync();
        Assert.All(watch.Open, f => Assert.Equal(2, f.Opening));
        Assert.Equal(2, watch.Open.Count());
    }

    [Fact]
    public async Task Swept_twice_it_says_and_does_nothing_twice()
    {
        var watch = await AccessWatch.StartAsync();
        watch.LetIn();
        watch.Azure.Assign(watch.Azure.AddIdentity(), watch.Vault.Signer);
        await watch.SweepAsync();
        var (ledger, findings, questions) = (watch.Ledger.Count, watch.Company.Findings.ById.Count, watch.Questions.Count());
        await watch.SweepAsync();
        Assert.Equal((ledger, findings, questions), (watch.Ledger.Count, watch.Company.Findings.ById.Count, watch.Questions.Count()));
    }

    [Theory]
    [InlineData("assignments")]
    [InlineData("eligibilities")]
    [InlineData("members")]
    [InlineData("kinds")]
    [InlineData("owners")]
    [InlineData("principals")]
    [InlineData("carriers")]
    [InlineData("federated")]
    [InlineData("resources")]
    [InlineData("roles")]
    [InlineData("diagnostics")]
    [InlineData("retention")]
    [InlineData("keys")]
    [InlineData("versions of soft")]
    [InlineData("versions")]
    [InlineData("vault")]
    public async Task What_could_not_be_seen_is_said_and_closes_nothing_and_invents_nothing(string call)
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        watch.Azure.Owners[watch.Vault.BreakGlass] = [watch.Azure.Add(PrincipalKind.User)];
        watch.LetIn();
        watch.Azure.Keys.Add(new(new("soft", "EC", IsExportable: false, "1")));
        watch.Azure.RetentionDays = 30;
        watch.Azure.Diagnostics.RemoveAt(0);
        watch.Azure.Diagnostics.Add(
            new("audit-too", LogsAudit: true, AzureEstate.Workspace, StorageAccountId: null, EventHubRuleId: null, IsDedicated: true)
        );
        await watch.SweepAsync();
        var told = watch.Open.Select(f => f.Id).ToHashSet();
        Assert.Equal(6, told.Count);

        watch.Azure.Refused.Add(call);
        var report = Assert.Single(await watch.SweepAsync());
        Assert.NotEmpty(report.NotSeen);
        Assert.Superset(told, watch.Open.Select(f => f.Id).ToHashSet());
        var more = Assert.Single(watch.Open, f => !told.Contains(f.Id));
        Assert.Equal("vault-access-not-seen", more.Kind);
        Assert.All(report.NotSeen, u => Assert.Contains(u.What, more.Evidence["notSeen"], StringComparison.Ordinal));

        watch.Azure.Refused.Clear();
        await watch.SweepAsync();
        Assert.Equal(told, watch.Open.Select(f => f.Id).ToHashSet());
    }

    /// <summary>A17: a row of a future release kept a fresh grant from being found.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A17_a_row_that_cannot_be_read_is_told_of_made_anew_and_holds_up_nothing(bool wasSwept)
    {
        var watch = await AccessWatch.StartAsync();
        if (wasSwept)
        {
            await watch.SweepAsync();
        }

        var row = new VaultStanding(AzureEstate.VaultId).Row;
        watch.Standings.Rows.Forge(VaultStanding.All, row, new("another vault"));
        var (_, grant) = watch.LetIn();
        await watch.SweepAsync();
        Assert.Equal([grant.Id], watch.Azure.Removed);
        Assert.Equal([row], watch.Standings.Unreadable[0].UnreadableRows);
        Assert.Equal(watch.Company.Now, watch.Standings.Rows.Find(VaultStanding.All, row)!.TriedAt);
        Assert.Equal(AzureEstate.VaultId, watch.Standings.Rows.Find(VaultStanding.All, row)!.VaultId);
    }

    /// <summary>A13: times that are yet to come muted the watch over the watch.</summary>
    [Fact]
    public async Task A13_no_row_makes_it_look_as_if_somebody_had_looked()
    {
        var watch = await AccessWatch.StartAsync();
        await watch.SweepAsync();
        watch.Azure.Refused.Add("vault");
        watch.Company.Clock.Advance(watch.Options.OverdueAfter);
        watch.Standings.Rows.Forge(
            VaultStanding.All,
            new VaultStanding(AzureEstate.VaultId).Row,
            new(AzureEstate.VaultId) { MetAt = DateTimeOffset.MaxValue.AddYears(-1), TriedAt = DateTimeOffset.MaxValue.AddYears(-1) }
        );
        await Record.ExceptionAsync(() => watch.SweepAsync());
        Assert.Contains(watch.Company.Findings.Announced, id => watch.Company.Findings.ById[id].Kind == FindingKinds.VaultAccessOverdue);
    }

    /// <summary>Standing still writes one line an hour.</summary>
    [Fact]
    public async Task While_nothing_changes_a_sweep_writes_that_it_ran_and_nothing_else()
    {
        var watch = await ThreeVaultsAsync();
        await watch.SweepAsync();
        watch.Company.Clock.Advance(TimeSpan.FromHours(1));
        await watch.SweepAsync();
        var before = watch.Ledger.Count;
        watch.Company.Clock.Advance(TimeSpan.FromHours(1));
        await watch.SweepAsync();
        Assert.Equal([LedgerKinds.Ran], watch.Ledger.Skip(before).Select(l => l.Entry.Kind));
        Assert.Equal(3, watch.Ledger[^1].Entry.Facts["parts"].Split(' ').Length);
    }

    [Fact]
    public async Task Vaults_have_their_turns_even_if_time_always_runs_out_after_the_first()
    {
        var watch = await ThreeVaultsAsync();
        for (var run = 0; run < 3; run++)
        {
            watch.Company.Clock.Advance(TimeSpan.FromHours(1));
            await SweepOneAsync(watch);
        }

        var swept = watch
            .Lines(LedgerKinds.Ran)
            .ToDictionary(l => l.Entry.Facts["parts"], l => watch.Company.Now - l.At, StringComparer.Ordinal);
        Assert.Equal(3, swept.Count);
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromHours(2)], swept.Values.Order());
    }

    [Fact]
    public async Task A_vault_on_which_every_sweep_ends_holds_up_no_other()
    {
        var watch = await ThreeVaultsAsync();
        for (var run = 0; run < 3; run++)
        {
            watch.Company.Clock.Advance(TimeSpan.FromHours(1));
            using var deadline = new CancellationTokenSource();
            watch.Azure.Meanwhile["vault"] = deadline.Cancel;
            watch.Azure.Unanswered.Add("assignments");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.SweepAsync(cancellationToken: deadline.Token));
        }

        Assert.Equal(3, watch.Standings.All.Select(s => s.TriedAt).Distinct().Count());
    }

    [Fact]
    public async Task That_nobody_looks_is_told_of_every_vault_whatever_happens_to_the_first()
    {
        var watch = await ThreeVaultsAsync();
        await watch.SweepAsync();
        watch.Company.Clock.Advance(watch.Options.OverdueAfter);
        await SweepOneAsync(watch);
        Assert.Equal(
            ["kv-second.vault.azure.net", AzureEstate.Host],
            watch.Open.Where(f => f.Kind == "vault-access-overdue").Select(f => f.About).OrderDescending(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_role_that_is_not_found_hides_no_grant()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        var role = watch.Azure.AddRole("Taken away", isCustom: true, ProdVault.Sign);
        watch.Azure.Assign(watch.Azure.Add(PrincipalKind.User), role);
        await watch.SweepAsync();
        var told = watch.Open.Select(f => f.Id).ToHashSet();
        Assert.Equal(2, told.Count);

        watch.Azure.Roles.Remove(role.Id);
        var report = Assert.Single(await watch.SweepAsync());
        Assert.Superset(told, watch.Open.Select(f => f.Id).ToHashSet());
        Assert.Contains(
            $"role {role.Id}",
            watch.Open.Single(f => f.Kind == "vault-access-not-seen").Evidence["notSeen"],
            StringComparison.Ordinal
        );
        Assert.False(RemoveGrants.SawAll(await watch.Azure.ReadAsync()));
        Assert.Single(report.NotSeen);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_ends_the_sweep_and_changes_nothing()
    {
        var watch = await AccessWatch.StartAsync();
        watch.LetIn();
        watch.Azure.Unanswered.Add("members");
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAsync());
        Assert.Empty(watch.Open);
        Assert.Empty(watch.Azure.Removed);

        watch.Company.Clock.Advance(watch.Options.OverdueAfter);
        await Assert.ThrowsAsync<RetryLaterException>(() => watch.SweepAsync());
        Assert.Equal("vault-access-overdue", Assert.Single(watch.Open).Kind);
        watch.Azure.Unanswered.Clear();
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
        Assert.Single(watch.Azure.Removed);
    }

    [Fact]
    public async Task A_vault_that_is_not_there_any_more_is_a_finding_and_no_clean_bill()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        watch.LetIn();
        await watch.SweepAsync();
        watch.Azure.Vault = null;
        await watch.SweepAsync();
        Assert.Contains("vault-gone", watch.Open.Select(f => f.Kind));
    }

    [Fact]
    public async Task Nothing_declared_is_nothing_swept()
    {
        var watch = await AccessWatch.StartAsync();
        watch.Options.Declaration = null;
        Assert.False(watch.NewSweep().IsConfigured);
        Assert.Empty(await watch.SweepAsync());
    }

    [Fact]
    public async Task The_ledger_names_the_grant_and_no_words_of_a_person()
    {
        var watch = await AccessWatch.StartAsync();
        var (person, grant) = watch.LetIn();
        await watch.SweepAsync();
        foreach (var kind in new[] { LedgerKinds.GrantRemoving, LedgerKinds.GrantRemoved })
        {
            var line = Assert.Single(watch.Lines(kind));
            Assert.Equal(
                (AzureEstate.VaultId, grant.Id, person, "enforce", watch.Options.RemoverClientId),
                (
                    line.Entry.About,
                    line.Entry.Facts["grant"],
                    line.Entry.Facts["principal"],
                    line.Entry.Facts["because"],
                    line.Entry.Facts["under"]
                )
            );
        }
    }

    private static async Task<AccessWatch> ThreeVaultsAsync()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        watch.Vault.OtherVaults.AddRange([
            $"{AzureEstate.Group}/providers/Microsoft.KeyVault/vaults/kv-first",
            $"{AzureEstate.Group}/providers/Microsoft.KeyVault/vaults/kv-second",
        ]);
        watch.Deploy(ResponseMode.Observe);
        return watch;
    }

    /// <summary>Time runs out while the first vault is swept.</summary>
    private static async Task SweepOneAsync(AccessWatch watch)
    {
        using var deadline = new CancellationTokenSource();
        watch.Azure.Meanwhile["vault"] = deadline.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.SweepAsync(cancellationToken: deadline.Token));
    }
}
