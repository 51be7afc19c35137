using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Rotations;

/// <summary>Deaths followed by refusals, vaults that fail for hours, keys that are deleted: the stolen key dies, the ledger stays small,
/// nobody is locked out unasked.</summary>
public sealed class RotationRefusalTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_version_on_record_that_can_no_longer_be_read_does_not_hold_containment_back()
    {
        // It dies between the ledger's line about the new version and the row.
        var company = await Company.WithBaselineAsync(keys: 2);
        var old = company.TrustList.Keys.Single(k => k.KeyId == company.Key.Id).Thumbprint;
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        var doomed = company.NewProcess(new DiesBehind("append", company, LedgerKinds.VersionTrusted));
        await Assert.ThrowsAsync<ProcessDiedException>(() => doomed.GoAsync());
        Assert.Null(company.Rotation.NewVersion);
        company.Vault.Fault = (_, key, _) =>
        {
            if (key.Id == company.Key.Id)
            {
                throw new CannotContinueException(VaultReasons.Deleted, "The key is deleted.", "Recover it.");
            }
        };

        await company.NewProcess().WorkAsync(TimeSpan.FromHours(1));
        Assert.Contains(old, company.TrustList.Revoked);
        Assert.DoesNotContain(old, company.Jwks);
    }

    [Theory]
    [InlineData(Urgency.Graceful)]
    [InlineData(Urgency.Immediate)]
    public async Task A_vault_that_fails_for_hours_fills_no_ledger_and_hides_no_stranger(Urgency urgency)
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var process = company.NewProcess();
        await process.OrderAsync("cause", urgency);
        company.Vault.Fault = Failing("rotate", new("503", delay: null) { Untouched = true });
        var runs = 0;
        for (var end = company.Now + TimeSpan.FromHours(5); company.Now < end; runs++)
        {
            var wait = (await process.GoAsync())!.NextStepAt!.Value - company.Now;
            company.Clock.Advance(wait > Second ? wait : Second);
        }

        Assert.InRange(company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.VersionRequested), 1, 50);
        Assert.InRange(runs, 1, 60);
        Assert.Contains("rotation-stuck", company.Findings.Open.Select(f => f.Kind));
        Assert.Equal(urgency is Urgency.Immediate, company.TrustList.Revoked.Count == 1);

        company.Vault.Fault = (_, _, _) => { };
        company.Vault.Add(company.Key);
        await process.TakeBaselines.RunAsync(default);
        Assert.Contains("unknown-version", company.Findings.Kinds);
    }

    [Fact]
    public async Task A_request_that_was_refused_made_nothing_that_a_stranger_could_hide_behind()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("age/1", Urgency.Graceful);
        company.Vault.Fault = (call, _, _) =>
        {
            if (call == "rotate")
            {
                throw new CannotContinueException(VaultReasons.Forbidden, "No.", "Grant it.");
            }
        };
        await process.GoAsync();
        Assert.Equal(RotationState.Stuck, company.Rotation.State);

        company.Vault.Add(company.Key);
        await process.TakeBaselines.RunAsync(default);
        Assert.Contains("unknown-version", company.Findings.Kinds);
    }

    [Fact]
    public async Task A_silent_document_key_holds_up_publishing_and_not_the_vault()
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var process = company.NewProcess();
        var old = company.TrustList.Keys.Single(k => k.KeyId == company.Key.Id).Thumbprint;
        await process.OrderAsync("departure-1", Urgency.Immediate);
        company.Signer.Silent = true;
        for (
            var end = company.Now + company.Options.Rotations.SuccessorPatience + TimeSpan.FromMinutes(5);
            company.Now < end;
            company.Clock.Advance(TimeSpan.FromMinutes(1))
        )
        {
            await company.NewProcess().GoAsync();
        }

        Assert.Contains(company.Findings.Open, f => f.Kind == FindingKinds.NewVersionNotPublished);
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.CanSign);
        Assert.True((await process.TrustLedger.ReadAsync(default)).IsRevoked(old));

        company.Signer.Silent = false;
        await company.NewProcess().WorkAsync(TimeSpan.FromHours(1));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Contains(company.Rotation.NewThumbprint, company.Jwks);
        Assert.DoesNotContain(old, company.Jwks);
    }

    [Fact]
    public async Task A_successor_that_nobody_can_look_up_is_no_successor()
    {
        // Refused for twenty minutes, then made, and a hiccup: an issuer without a key is still a question.
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        company.Vault.Fault = (call, _, _) =>
        {
            if (call == "rotate")
            {
                throw new CannotContinueException(VaultReasons.Forbidden, "No.", "Grant it.");
            }
        };
        await process.GoAsync();
        company.Clock.Advance(TimeSpan.FromMinutes(20));
        company.Vault.Fault = Failing("public", new("A hiccup."));
        await company.NewProcess().GoAsync();
        Assert.Single(company.Jwks);
        Assert.Empty(company.TrustList.Revoked);

        company.Clock.Advance(company.Options.Rotations.SuccessorPatience);
        await company.NewProcess().GoAsync();
        Assert.Empty(company.TrustList.Revoked);
        Assert.Contains(company.Decisions.All, d =>
            d.Kind == DecisionKinds.EndTrustWithoutSuccessor && d.StateAt(company.Now) is DecisionState.Pending
        );

        company.Vault.Fault = (_, _, _) => { };
        await company.NewProcess().WorkAsync(TimeSpan.FromHours(1));
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_deleted_key_stays_published_and_is_told()
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var before = company.Jwks;
        ((List<VaultVersion>)company.Vault.VersionsOf(company.Key)).Clear();
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal(before, company.Jwks);
        Assert.Contains("trusted-version-gone", company.Findings.Kinds);
    }

    [Fact]
    public async Task A_step_asks_no_vault_for_what_the_signed_list_shows()
    {
        var company = await Company.WithBaselineAsync(keys: 9, o =>
        {
            foreach (var key in o.Keys.Skip(1))
            {
                key.VaultUri = new("https://kv-prod-02.vault.azure.net");
            }
        });
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        var reads = 0;
        company.Vault.Fault = (_, key, _) =>
        {
            if (key.VaultUri.Host.Contains("-02", StringComparison.Ordinal))
            {
                reads++;
                throw new RetryLaterException("It hangs.");
            }
        };
        await process.GoAsync();
        Assert.Equal((RotationState.Verified, 0), (company.Rotation.State, reads));

        // The timer asks it, once.
        await process.Publish.PublishAsync(default);
        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task A_message_that_comes_too_early_does_nothing()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        company.Vault.Fault = Failing("rotate", new("Throttled.", TimeSpan.FromSeconds(8)) { Untouched = true });
        Assert.True((await process.GoAsync())!.IsNew);
        var calls = company.Vault.Calls.Count;

        company.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.False((await process.GoAsync())!.IsNew);
        Assert.Equal(calls, company.Vault.Calls.Count);

        company.Clock.Advance(Second);
        Assert.True((await process.GoAsync())!.IsNew);
        Assert.Equal(calls + 1, company.Vault.Calls.Count);
    }

    [Fact]
    public async Task A_question_whose_row_is_gone_is_asked_again()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        company.Decisions.Tamper(d => d.Kind == DecisionKinds.Rotate ? null : d);
        await process.WorkAsync(TimeSpan.FromHours(1));
        Assert.Single(company.Decisions.All, d => d.Kind == DecisionKinds.Rotate && d.StateAt(company.Now) is DecisionState.Pending);

        await process.WorkAsync(company.Options.Decisions.TimeToAnswer);
        Assert.Single(company.TrustList.Revoked);
    }

    [Fact]
    public async Task Every_death_between_an_answer_and_its_last_line_ends_in_the_baseline_that_was_approved()
    {
        for (var effect = 1; ; effect++)
        {
            var company = Company.Found(keys: 2);
            await company.NewProcess().TakeBaselines.RunAsync(default);
            var asked = company.Decisions.All.Single();
            var finished = true;
            try
            {
                await company.NewProcess(new DiesAt(effect, afterIt: true)).SayAsync(asked, approve: true);
            }
            catch (ProcessDiedException)
            {
                finished = false;
            }

            // Whoever was not answered says it again.
            await company.NewProcess().SayAsync(asked, approve: true);
            await company.NewProcess().TakeBaselines.RunAsync(default);
            await company.NewProcess().Publish.PublishAsync(default);
            Assert.Equal(2, company.TrustList.Keys.Count);
            Assert.Single(company.Decisions.All);
            if (finished)
            {
                return;
            }
        }
    }

    private static Action<string, SigningKey, string?> Failing(string call, RetryLaterException failure) =>
        (called, _, _) =>
        {
            if (called == call)
            {
                throw failure;
            }
        };

    private sealed class DiesBehind(string kind, Company company, string line) : Fate
    {
        protected override Task AfterAsync(int number, string what)
        {
            if (
                what.StartsWith(kind, StringComparison.Ordinal)
                && company.VerifiedLedger()[^1].Entry is { Kind: var said, Id: var id }
                && said == line
                && !id.Contains("baseline", StringComparison.Ordinal)
            )
            {
                Die();
            }

            return Task.CompletedTask;
        }
    }
}
