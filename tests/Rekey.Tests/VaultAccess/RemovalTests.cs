using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Responses;

namespace Rekey.Tests.VaultAccess;

/// <summary>What is taken away without a question, what is asked about, and what stops both (T22).</summary>
public sealed class RemovalTests
{
    [Fact]
    public async Task An_undeclared_grant_of_a_person_is_removed_on_record_before_and_after()
    {
        var watch = await AccessWatch.StartAsync();
        var (person, grant) = watch.LetIn();
        var report = Assert.Single(await watch.SweepAsync());
        Assert.Equal([grant.Id], watch.Azure.Removed);
        Assert.Equal([grant.Id], report.Removed);
        Assert.Empty(report.Drift);
        Assert.Empty(watch.Open);
        var told = watch.Company.Findings.ById.Values.Where(f => f.About.Contains(person, StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        Assert.All(told, f => Assert.NotNull(f.ClosedAt));
        Assert.Equal(
            [LedgerKinds.GrantRemoving, LedgerKinds.GrantRemoved],
            watch.Ledger.Select(l => l.Entry.Kind).Where(k => k.StartsWith("grant-", StringComparison.Ordinal))
        );
        Assert.Empty(watch.Questions);
    }

    [Theory]
    [InlineData("service principal")]
    [InlineData("group")]
    [InlineData("unknown kind")]
    [InlineData("inherited")]
    public async Task What_is_more_than_one_persons_own_is_asked_about_and_on_yes_an_operator_removes_it(string what)
    {
        var watch = await AccessWatch.StartAsync();
        var principal = what switch
        {
            "service principal" => watch.Azure.AddIdentity(),
            "group" => watch.Azure.AddGroup(watch.Azure.Add(PrincipalKind.User)),
            "unknown kind" => watch.Azure.Add(PrincipalKind.Unknown),
            _ => watch.Azure.Add(PrincipalKind.User),
        };
        var grant = watch.Azure.Assign(principal, watch.Vault.Signer, what == "inherited" ? AzureEstate.Group : AzureEstate.VaultId);
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        var question = Assert.Single(watch.Questions);
        Assert.Equal((AzureEstate.VaultId, OnExpiry.Lapse), (question.About, question.OnExpiry));
        Assert.Contains(principal, question.Statement, StringComparison.Ordinal);
        Assert.Contains("an operator must remove it", question.Statement, StringComparison.Ordinal);

        // The identity that removes could not.
        watch.Azure.Refused.Add("remove");
        await watch.AnswerAsync(approve: true);
        Assert.DoesNotContain("vault-grant-removal-failed", watch.Open.Select(f => f.Kind));
        Assert.Empty(watch.Lines(LedgerKinds.GrantRemoving));

        watch.Azure.Assignments.Remove(grant);
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
    }

    [Fact]
    public async Task What_is_asked_about_and_may_be_removed_is_removed_on_yes()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Ask);
        var (_, grant) = watch.LetIn();
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        var question = Assert.Single(watch.Questions);
        await watch.AnswerAsync(approve: true);
        Assert.Equal([grant.Id], watch.Azure.Removed);
        Assert.Equal(question.Id, Assert.Single(watch.Lines(LedgerKinds.GrantRemoved)).Entry.Facts["because"]);
        Assert.Empty(watch.Open);
    }

    [Fact]
    public async Task A_no_leaves_the_grant_and_its_finding()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Ask);
        watch.LetIn();
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        await watch.AnswerAsync(approve: false);
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Contains("vault-grant-undeclared", watch.Open.Select(f => f.Kind));
        Assert.Single(watch.Questions);
    }

    [Fact]
    public async Task A_question_that_nobody_answers_is_asked_again_and_does_nothing_meanwhile()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Ask);
        watch.LetIn();
        for (var n = 1; n <= 4; n++)
        {
            await watch.SweepAsync();
            await watch.SweepAsync();
            Assert.Equal(n, watch.Questions.Count());
            watch.Company.Clock.Advance(watch.Company.Options.Decisions.TimeToAnswer);
        }

        Assert.Empty(watch.Azure.Removed);
    }

    [Fact]
    public async Task A_yes_that_only_a_row_knows_of_takes_nobodys_right_away()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Ask);
        watch.LetIn();
        await watch.SweepAsync();
        watch.Company.Decisions.Tamper(d =>
            d with
            {
                State = DecisionState.Approved,
                AnsweredBy = Rekey.Tests.Doubles.Company.Approver,
                AnsweredAt = watch.Company.Now,
            }
        );
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
    }

    [Fact]
    public async Task A_yes_to_a_grant_that_has_been_declared_since_removes_nothing()
    {
        // The assignment says that it is a person's, and the directory does not know better.
        var watch = await AccessWatch.StartAsync(ResponseMode.Ask);
        var issuer = watch.Azure.Add(PrincipalKind.Unknown);
        watch.Azure.Assign(issuer, watch.Vault.Signer, type: "User");
        await watch.SweepAsync();
        watch.Azure.Directory[issuer] = PrincipalKind.ServicePrincipal;
        watch.Vault.Grants.Add(
            new
            {
                principalId = issuer,
                principalType = "ServicePrincipal",
                role = watch.Vault.Signer.Name,
                dataActions = ProdVault.Sign,
            }
        );
        watch.Deploy(ResponseMode.Ask);
        await watch.AnswerAsync(approve: true);
        Assert.Empty(watch.Azure.Removed);
        Assert.Empty(watch.Open);
    }

    [Fact]
    public async Task Access_policies_are_an_operators_even_when_approved()
    {
        var watch = await AccessWatch.StartAsync(model: PermissionModel.AccessPolicies);
        watch.Vault.SetPolicy(watch.Azure.Add(PrincipalKind.User), "sign");
        await watch.SweepAsync();
        Assert.Contains("an operator must remove it", Assert.Single(watch.Questions).Statement, StringComparison.Ordinal);
        await watch.AnswerAsync(approve: true);
        await watch.SweepAsync();
        Assert.Equal(2, watch.Open.Count());
        Assert.Empty(watch.Lines(LedgerKinds.GrantRemoving));
        Assert.Empty(watch.Azure.Removed);
    }

    [Fact]
    public async Task An_activation_of_a_declared_eligibility_is_declared_and_a_standing_grant_to_the_same_person_is_not()
    {
        var watch = await AccessWatch.StartAsync();
        watch.Azure.Activate(watch.Vault.Responder, watch.Vault.Eligibility);
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
        Assert.Empty(watch.Azure.Removed);

        var standing = watch.Azure.Assign(watch.Vault.Responder, watch.Vault.Officer, $"{AzureEstate.VaultId}/keys/login");
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Contains(standing.Scope, Assert.Single(watch.Questions).Statement, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault")]
    [InlineData("assignments")]
    [InlineData("eligibilities")]
    public async Task Whoever_activates_break_glass_during_a_sweep_is_no_standing_grant(string after)
    {
        var watch = await AccessWatch.StartAsync();
        watch.Azure.Meanwhile[after] = () => watch.Azure.Activate(watch.Vault.Responder, watch.Vault.Eligibility);
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
        Assert.Empty(watch.Azure.Removed);
        Assert.Empty(watch.Questions);
    }

    [Theory]
    [InlineData("declared")]
    [InlineData("eligible")]
    [InlineData("in an eligible group")]
    public async Task What_may_be_an_activation_that_is_not_told_yet_is_asked_about(string how)
    {
        var watch = await AccessWatch.StartAsync();
        var person = how == "declared" ? watch.Vault.Responder : watch.Azure.Add(PrincipalKind.User);
        if (how == "declared")
        {
            // The eligibility itself is late too, and with it who is in the group.
            watch.Azure.Eligibilities.Clear();
        }
        else
        {
            watch.Azure.MakeEligible(how == "eligible" ? person : watch.Azure.AddGroup(person), watch.Vault.Rotator);
        }

        watch.Azure.Assign(person, how == "declared" ? watch.Vault.Officer : watch.Vault.Rotator);
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Contains(watch.Questions, q =>
            q.Statement.Contains($"Principal {person}, scope {AzureEstate.VaultId}.", StringComparison.Ordinal)
            && q.Statement.Contains("A grant is not declared", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_goes_unasked_is_counted_over_all_vaults()
    {
        var watch = await AccessWatch.StartAsync();
        var other = $"{AzureEstate.Group}/providers/Microsoft.KeyVault/vaults/kv-first";
        watch.Vault.OtherVaults.Add(other);
        watch.Deploy(ResponseMode.Enforce);
        var first = Enumerable.Range(0, 3).Select(_ => watch.LetIn(other).Grant.Id).ToList();
        var second = Enumerable.Range(0, 3).Select(_ => watch.LetIn().Grant.Id).ToList();
        await watch.SweepAsync();
        Assert.Equal(first.Order(StringComparer.Ordinal), watch.Azure.Removed.Order(StringComparer.Ordinal));
        Assert.Equal(second.Count, watch.Questions.Count());
        Assert.All(watch.Questions, q => Assert.Equal(AzureEstate.VaultId, q.About));
    }

    [Fact]
    public async Task A_yes_to_a_grant_is_none_to_the_same_one_made_again()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Ask);
        var (_, grant) = watch.LetIn();
        await watch.SweepAsync();
        await watch.AnswerAsync(approve: true);
        Assert.Equal([grant.Id], watch.Azure.Removed);

        // Deployments give the same assignment the same id.
        watch.Azure.Assignments.Add(grant with { CreatedOn = grant.CreatedOn!.Value.AddMinutes(1) });
        await watch.SweepAsync();
        Assert.Equal([grant.Id], watch.Azure.Removed);
        Assert.Equal(2, watch.Questions.Count());
        await watch.AnswerAsync(approve: true);
        Assert.Equal([grant.Id, grant.Id], watch.Azure.Removed);
    }

    [Fact]
    public async Task What_was_removed_and_made_again_is_on_record_as_removed()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        var (person, grant) = watch.LetIn();
        var before = new PendingRemoval(
            grant.Id,
            grant.CreatedOn!.Value.AddMinutes(-1),
            person,
            watch.Vault.Officer.Name,
            grant.Scope,
            "finding",
            "enforce"
        );
        var now = before with { CreatedOn = grant.CreatedOn, Why = "decision" };
        var process = watch.Company.NewProcess();
        await watch
            .Standings.For(process.Ledger, process.Reader, process.Fate)
            .InsertAsync(new(AzureEstate.VaultId) { MetAt = watch.Company.Now, Removing = [before, now] }, default);
        await watch.SweepAsync();
        Assert.Equal("enforce", Assert.Single(watch.Lines(LedgerKinds.GrantRemoved)).Entry.Facts["because"]);
        Assert.Equal(now, Assert.Single(Assert.Single(watch.Standings.All).Removing));
    }

    /// <summary>A13: a row makes the ledger say that somebody's grant was removed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A13_what_only_a_row_says_is_being_removed_is_never_on_record_as_removed(bool wasSwept)
    {
        var watch = await AccessWatch.StartAsync();
        if (wasSwept)
        {
            await watch.SweepAsync();
        }

        var planted = new PendingRemoval(
            $"{AzureEstate.VaultId}/providers/Microsoft.Authorization/roleAssignments/made-up",
            watch.Company.Now,
            "ceo-object-id",
            "Owner",
            AzureEstate.VaultId,
            "finding",
            "enforce"
        );
        watch.Standings.Rows.Forge(
            VaultStanding.All,
            new VaultStanding(AzureEstate.VaultId).Row,
            new(AzureEstate.VaultId)
            {
                Removing = [planted],
                Reported = [new("made-up", [])],
                TriedAt = DateTimeOffset.MaxValue,
            }
        );
        await watch.SweepAsync();
        await watch.SweepAsync();
        Assert.Empty(watch.Lines(LedgerKinds.GrantRemoved));
        Assert.Empty(Assert.Single(watch.Standings.All).Removing);
        Assert.DoesNotContain(watch.Ledger, l => l.Entry.Facts.Values.Any(f => f.Contains("made-up", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Each_removal_is_on_record_before_it_is_made_and_when_it_is_seen_to_be_gone()
    {
        var watch = await AccessWatch.StartAsync();
        var (person, grant) = watch.LetIn();
        await watch.SweepAsync();
        Assert.Equal(
            [LedgerKinds.GrantRemoving, LedgerKinds.GrantRemoved],
            watch
                .Ledger.Where(l => l.Entry.Facts.GetValueOrDefault("grant") == grant.Id && l.Entry.Facts["principal"] == person)
                .Select(l => l.Entry.Kind)
        );
    }

    [Theory]
    [InlineData("assignments")]
    [InlineData("vault")]
    public async Task What_cannot_be_seen_is_not_on_record_as_removed(string call)
    {
        var watch = await AccessWatch.StartAsync();
        watch.LetIn();
        watch.Azure.Refused.Add("remove");
        await watch.SweepAsync();
        Assert.Contains("vault-grant-removal-failed", watch.Open.Select(f => f.Kind));
        watch.Azure.Refused.Add(call);
        await watch.SweepAsync();
        Assert.Empty(watch.Lines(LedgerKinds.GrantRemoved));
        Assert.Single(Assert.Single(watch.Standings.All).Removing);

        watch.Azure.Refused.Clear();
        await watch.SweepAsync();
        Assert.Single(watch.Lines(LedgerKinds.GrantRemoved));
        Assert.Empty(watch.Open);
    }

    [Theory]
    [InlineData("kinds")]
    [InlineData("members")]
    public async Task While_the_directory_cannot_be_read_nothing_goes_without_a_question(string call)
    {
        var watch = await AccessWatch.StartAsync();
        var (person, grant) = watch.LetIn();
        watch.Azure.Refused.Add(call);
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Contains(person, Assert.Single(watch.Questions).Statement, StringComparison.Ordinal);

        watch.Azure.Refused.Clear();
        await watch.SweepAsync();
        Assert.Equal([grant.Id], watch.Azure.Removed);
    }

    [Fact]
    public async Task An_activation_of_what_nobody_declared_is_given_back_by_an_operator_even_when_approved()
    {
        var watch = await AccessWatch.StartAsync();
        var person = watch.Azure.Add(PrincipalKind.User);
        watch.Azure.Activate(person, watch.Azure.MakeEligible(person, watch.Vault.Rotator));
        await watch.SweepAsync();
        Assert.Equal(2, watch.Questions.Count());
        Assert.All(watch.Questions, q => Assert.Contains("an operator must remove it", q.Statement, StringComparison.Ordinal));
        await watch.AnswerAsync(approve: true);
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Empty(watch.Lines(LedgerKinds.GrantRemoving));
    }

    [Fact]
    public async Task While_nobody_can_tell_an_activation_from_a_standing_grant_break_glass_is_left_alone()
    {
        var watch = await AccessWatch.StartAsync();
        watch.Azure.Activate(watch.Vault.Responder, watch.Vault.Eligibility);
        watch.Azure.Refused.Add("eligibilities");
        await watch.SweepAsync();
        Assert.Equal("vault-access-not-seen", Assert.Single(watch.Open).Kind);
        Assert.Empty(watch.Questions);

        // Another role is no break-glass; but half a picture removes nothing unasked.
        watch.Azure.Assign(watch.Azure.Add(PrincipalKind.User), watch.Vault.Signer);
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Single(watch.Questions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_declaration_that_is_not_the_last_deployments_removes_nothing_and_is_a_finding(bool hasHash)
    {
        var watch = await AccessWatch.StartAsync();
        watch.Deploy(ResponseMode.Enforce, isComplete: false);
        watch.Options.DeclarationHash = hasHash ? watch.Options.DeclarationHash : null;
        watch.LetIn();
        watch.Azure.Assign(watch.Azure.AddIdentity(), watch.Vault.Signer);
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Empty(watch.Questions);
        Assert.Contains("vault-declaration-stale", watch.Open.Select(f => f.Kind));

        watch.Deploy(ResponseMode.Enforce);
        await watch.SweepAsync();
        Assert.Single(watch.Azure.Removed);
        Assert.DoesNotContain("vault-declaration-stale", watch.Open.Select(f => f.Kind));
    }

    [Theory]
    [InlineData(true, ResponseMode.Enforce)]
    [InlineData(false, ResponseMode.Observe)]
    public async Task Stopped_or_observing_it_tells_what_it_would_have_done(bool isStopped, ResponseMode mode)
    {
        var watch = await AccessWatch.StartAsync(mode);
        watch.Company.Options.Stopped = isStopped;
        watch.LetIn();
        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Empty(watch.Questions);
        Assert.Contains(
            "Rekey would remove it",
            watch.Open.Single(f => f.Kind == "vault-grant-undeclared").Evidence["response"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task More_than_a_few_at_once_are_asked_about_all_of_them()
    {
        var watch = await AccessWatch.StartAsync();
        for (var n = 0; n <= watch.Options.MaxRemovalsASweep; n++)
        {
            watch.LetIn();
        }

        await watch.SweepAsync();
        Assert.Empty(watch.Azure.Removed);
        Assert.Equal(watch.Options.MaxRemovalsASweep + 1, watch.Questions.Count());
    }

    [Fact]
    public async Task A_refused_removal_is_a_finding_until_it_succeeds()
    {
        var watch = await AccessWatch.StartAsync();
        watch.LetIn();
        watch.Azure.Refused.Add("remove");
        await watch.SweepAsync();
        await watch.SweepAsync();
        Assert.Contains("vault-grant-removal-failed", watch.Open.Select(f => f.Kind));
        Assert.Single(watch.Lines(LedgerKinds.GrantRemoving));
        Assert.Empty(watch.Lines(LedgerKinds.GrantRemoved));
        watch.Azure.Refused.Clear();
        await watch.SweepAsync();
        Assert.Single(watch.Azure.Removed);
        Assert.Empty(watch.Open);
        Assert.Single(watch.Lines(LedgerKinds.GrantRemoved));
    }
}
