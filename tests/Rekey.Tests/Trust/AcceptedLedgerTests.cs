using Rekey.Core;
using Rekey.Decisions.Answers;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Trust;

/// <summary>The way out of a cut ledger: two approvers accept it as it stands, and nothing that was revoked comes back (B1).</summary>
public sealed class AcceptedLedgerTests
{
    private const string Second = "5b0b1a4e-0000-4000-8000-0000000000fe";

    /// <summary>Lines are gone from behind the revocation's publication: the publication's own, and more.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task With_a_cut_ledger_accepted_by_two_lists_are_published_again_and_what_was_revoked_stays_so(int cut)
    {
        var (company, old) = await CutAsync(cut);
        var standing = company.TrustList;
        var process = company.NewProcess();
        await BrokenAsync(process);
        var head = await HeadAsync(process);
        var decision = (await process.AcceptLedger.AskAsync(head, "the copy is gone too", Company.Approver, default))!;
        Assert.Contains("the copy is gone too", decision.Statement, StringComparison.Ordinal);

        // One person is not enough, however often they say it.
        Assert.Equal(decision.Id, (await process.AcceptLedger.AskAsync(head, "again", Company.Approver, default))!.Id);
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, (await process.SayAsync(decision, approve: true, Company.Approver)).Refusal);
        await BrokenAsync(process);

        Assert.Null((await process.SayAsync(decision, approve: true, Second)).Refusal);
        Assert.True(company.TrustList.Sequence > standing.Sequence);
        Assert.Equal([company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint], company.TrustList.Keys.Select(k => k.Thumbprint));
        Assert.True((await company.NewProcess().TrustLedger.ReadAsync(default)).IsRevoked(old));
        Assert.DoesNotContain("ledger-broken", company.Findings.Open.Select(f => f.Kind));
        var fact = Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.LedgerAccepted).Entry.Facts;
        Assert.Equal(
            [
                ($"{head.Count}", head.Hash),
                ($"{standing.Ledger.Count}", standing.Ledger.Hash),
                (Company.Approver, Second),
                ($"{standing.Sequence}", decision.Id),
            ],
            [
                (fact["lines"], fact["hash"]),
                (fact["listLines"], fact["listHash"]),
                (fact["askedBy"], fact["approvedBy"]),
                (fact["sequence"], fact["decision"]),
            ]
        );

        // And so it goes on, in this process and in a fresh one.
        var (lists, lines) = (company.TrustList.Sequence, company.VerifiedLedger().Count);
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal((lists, lines), (company.TrustList.Sequence, company.VerifiedLedger().Count));
        await company.NewProcess().OrderAsync("departure-2", Urgency.Immediate);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(30));
        Assert.True(company.TrustList.Sequence > lists);
        Assert.DoesNotContain(old, company.TrustList.Keys.Select(k => k.Thumbprint));
        Assert.Equal([company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint], company.TrustList.Keys.Select(k => k.Thumbprint));
    }

    [Fact]
    public async Task An_answer_that_nobody_carried_out_is_carried_out_by_the_timer_and_by_whoever_comes_after_a_crash()
    {
        for (var (kill, wasKilled) = (1, true); wasKilled; kill++)
        {
            var (company, old) = await CutAsync(100);
            var process = company.NewProcess();
            var decision = (await process.AcceptLedger.AskAsync(await HeadAsync(process), "why", Company.Approver, default))!;
            await process.Answer.AnswerAsync(new(decision.Id, true, decision.PlanHash, Second, Reason: null), default);
            wasKilled = false;
            try
            {
                await company.NewProcess(new DiesAt(kill, afterIt: kill % 2 == 0)).Publish.PublishAsync(default);
            }
            catch (ProcessDiedException)
            {
                wasKilled = true;
                await company.NewProcess().Publish.PublishAsync(default);
            }

            Assert.Contains(old, company.TrustList.Revoked);
            Assert.Single(company.TrustList.Keys);
            Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.LedgerAccepted);
        }
    }

    [Fact]
    public async Task A_rewritten_ledger_of_the_same_length_is_noticed()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().Publish.PublishAsync(default);
        Rewrite(company);
        await BrokenAsync(company.NewProcess());
    }

    [Fact]
    public async Task A_ledger_that_is_not_the_one_that_was_seen_is_not_accepted()
    {
        var (company, _) = await CutAsync(3);
        var process = company.NewProcess();
        var head = await HeadAsync(process);
        foreach (var other in new[] { head with { Hash = new('a', 64) }, head with { Count = head.Count + 1 }, new(0, new('a', 64)) })
        {
            Assert.Equal("ledger-moved", await RefusedAsync(() => process.AcceptLedger.AskAsync(other, "why", Company.Approver, default)));
        }

        // What the publisher and others wrote since does not matter; what was seen long ago does.
        var decision = (await process.AcceptLedger.AskAsync(head, "why", Company.Approver, default))!;
        await process.AcceptLedger.AskAsync(head, "why", Company.Approver, default);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer + TimeSpan.FromMinutes(1));
        Assert.Equal("ledger-moved", await RefusedAsync(() => process.AcceptLedger.AskAsync(head, "why", Company.Approver, default)));
        Assert.Equal(AnswerRefusal.Expired, (await process.SayAsync(decision, approve: true, Second)).Refusal);
    }

    [Fact]
    public async Task After_a_no_nothing_is_published_and_it_can_be_asked_again()
    {
        var (company, _) = await CutAsync(3);
        var process = company.NewProcess();
        var head = await HeadAsync(process);
        var decision = (await process.AcceptLedger.AskAsync(head, "why", Company.Approver, default))!;
        Assert.Null((await process.SayAsync(decision, approve: false, Second)).Refusal);
        await BrokenAsync(process);
        var again = (await process.AcceptLedger.AskAsync(head, "there is no copy", Company.Approver, default))!;
        Assert.NotEqual(decision.Id, again.Id);
        await process.SayAsync(again, approve: true, Second);
        await process.Publish.PublishAsync(default);
    }

    [Fact]
    public async Task A_ledger_that_nothing_contradicts_needs_no_yes()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var head = await HeadAsync(process);
        Assert.Null(await process.AcceptLedger.AskAsync(head, "why", Company.Approver, default));
    }

    /// <summary>A yes is about one list: another one that somebody puts in its place is another question.</summary>
    [Fact]
    public async Task Another_list_than_the_one_that_was_approved_is_not_accepted_and_an_old_one_stops_nothing_afterwards()
    {
        var (company, old) = await CutAsync(3);
        var (approved, others) = (company.Container.Current[TrustDocuments.TrustListName], company.TrustList);
        var process = company.NewProcess();
        var decision = (await process.AcceptLedger.AskAsync(await HeadAsync(process), "why", Company.Approver, default))!;
        var longer = TrustDocuments.Payload(others with { Sequence = others.Sequence + 5, Revoked = [] });
        company.Container.Alter(
            TrustDocuments.TrustListName,
            await SignedDocument.SignAsync(company.Signer, TrustDocuments.TrustListType, longer, default)
        );
        Assert.Equal("ledger-broken", await RefusedAsync(() => process.SayAsync(decision, approve: true, Second)));
        await BrokenAsync(company.NewProcess());

        company.Container.Alter(TrustDocuments.TrustListName, approved.Content.ToArray());
        await company.NewProcess().Publish.PublishAsync(default);
        var list = company.TrustList;
        company.Container.Alter(TrustDocuments.TrustListName, approved.Content.ToArray());
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.True(company.TrustList.Sequence > list.Sequence);
        Assert.Contains("document-altered", company.Findings.Kinds);
        Assert.Contains(old, company.TrustList.Revoked);
    }

    /// <summary>Whoever has Rekey's document key, the container and the ledger's storage gains no key that way: the vault must have
    /// it.</summary>
    [Fact]
    public async Task A_key_that_only_the_list_has_is_not_trusted()
    {
        var (company, _) = await CutAsync(100);
        var list = company.TrustList;
        var forged = new DocumentSigner().Public;
        var entry = list.Keys[0] with
        {
            Version = new('0', 32),
            Kid = forged.Thumbprint,
            Thumbprint = forged.Thumbprint,
            PublicKey = forged,
        };
        var swapped = list.Keys[0] with { Kid = forged.Thumbprint, Thumbprint = forged.Thumbprint, PublicKey = forged };
        foreach (var planted in new[] { entry, swapped })
        {
            var payload = TrustDocuments.Payload(list with { Keys = [planted], Sequence = list.Sequence + 5 });
            company.Container.Alter(
                TrustDocuments.TrustListName,
                await SignedDocument.SignAsync(company.Signer, TrustDocuments.TrustListType, payload, default)
            );
            var process = company.NewProcess();
            var decision = (await process.AcceptLedger.AskAsync(await HeadAsync(process), "why", Company.Approver, default))!;
            Assert.Contains(forged.Thumbprint, decision.Statement, StringComparison.Ordinal);
            await process.SayAsync(decision, approve: true, Second);
            Assert.DoesNotContain(forged.Thumbprint, company.TrustList.Keys.Select(k => k.Thumbprint));
            list = company.TrustList;
        }
    }

    [Fact]
    public async Task What_may_no_longer_sign_may_not_sign_again()
    {
        var (company, _) = await CutAsync(100);
        var (list, until) = (company.TrustList, company.Now);
        var payload = TrustDocuments.Payload(
            list with
            {
                Sequence = list.Sequence + 1,
                Keys = [list.Keys[0] with { Window = list.Keys[0].Window with { IssuedUntil = until } }],
            }
        );
        company.Container.Alter(
            TrustDocuments.TrustListName,
            await SignedDocument.SignAsync(company.Signer, TrustDocuments.TrustListType, payload, default)
        );
        var process = company.NewProcess();
        await process.SayAsync(
            (await process.AcceptLedger.AskAsync(await HeadAsync(process), "why", Company.Approver, default))!,
            approve: true,
            Second
        );
        Assert.Equal(until, Assert.Single(company.TrustList.Keys).Window.IssuedUntil);
    }

    /// <summary>A list forgets a revocation when every verifier has. The cut line was then the last that knew of it.</summary>
    [Fact]
    public async Task A_version_whose_revocation_the_list_has_forgotten_is_revoked_again()
    {
        var company = await Company.WithBaselineAsync();
        var old = company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint;
        var whole = company.VerifiedLedger();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().WorkAsync();
        foreach (var _ in Enumerable.Range(0, 30))
        {
            company.Clock.Advance(TimeSpan.FromHours(1));
            await company.NewProcess().RunTimersAsync();
        }

        Assert.DoesNotContain(old, company.TrustList.Revoked);
        var (bytes, length) = (company.Blobs.Segments[0].Bytes, whole.Sum(l => LedgerChain.Format(l).Length + 1));
        bytes.RemoveRange(length, bytes.Count - length);

        var process = company.NewProcess();
        company.Clock.Advance(TimeSpan.FromSeconds(1));
        var decision = (await process.AcceptLedger.AskAsync(await HeadAsync(process), "why", Company.Approver, default))!;
        Assert.Contains(old, decision.Statement, StringComparison.Ordinal);
        await process.SayAsync(decision, approve: true, Second);
        Assert.True((await company.NewProcess().TrustLedger.ReadAsync(default)).IsRevoked(old));
        Assert.DoesNotContain(old, company.TrustList.Keys.Select(k => k.Thumbprint));
        Assert.NotEmpty(company.TrustList.Keys);
    }

    /// <summary>A company that has rotated its key at once, and from whose ledger so many lines before the end of that are gone, with all
    /// behind them.</summary>
    private static async Task<(Company Company, string Old)> CutAsync(int cut)
    {
        var company = await Company.WithBaselineAsync();
        var old = company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint;
        var whole = company.VerifiedLedger().Count;
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        var lines = company.VerifiedLedger();
        var published = lines.Last(l => l.Entry.Kind == LedgerKinds.TrustPublished).Number;
        var (keep, bytes) = ((int)Math.Max(whole, published - 1 - cut), company.Blobs.Segments[0].Bytes);
        var length = lines.Take(keep).Sum(l => LedgerChain.Format(l).Length + 1);
        bytes.RemoveRange(length, bytes.Count - length);
        Assert.Contains(old, company.TrustList.Revoked);
        return (company, old);
    }

    /// <summary>Every line says the same, at another time.</summary>
    private static void Rewrite(Company company)
    {
        var (bytes, previous) = (new List<byte>(), LedgerChain.Origin);
        foreach (var line in company.VerifiedLedger())
        {
            var written = LedgerChain.Format(line with { At = line.At.AddSeconds(-1), Previous = previous });
            previous = LedgerChain.Hash(written);
            bytes.AddRange([.. written, (byte)'\n']);
        }

        company.Blobs.Segments[0].Bytes.Clear();
        company.Blobs.Segments[0].Bytes.AddRange(bytes);
    }

    private static async Task<LedgerMark> HeadAsync(Process process)
    {
        var head = await process.Ledger.HeadAsync(default);
        return new(head.Lines, head.Hash);
    }

    private static async Task BrokenAsync(Process process) =>
        Assert.Equal("ledger-broken", await RefusedAsync(() => process.Publish.PublishAsync(default)));

    private static async Task<string> RefusedAsync(Func<Task> act) => (await Assert.ThrowsAsync<CannotContinueException>(act)).Reason;
}
