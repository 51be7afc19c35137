using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Rotations;
using Rekey.Tests.Blocking;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Trust;

/// <summary>What the published documents say, for how long, and what happens when they cannot be written or the ledger was cut (A3, A16,
/// B1).</summary>
public sealed class PublishedListTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"keys":null,"revoked":[]}""")]
    [InlineData("""{"environment":"prod","keys":[]}""")]
    [InlineData("""{"environment":"prod","number":4,"entries":[]}""")]
    public void A_document_without_keys_or_revocations_is_no_trust_list(string payload) =>
        Assert.Throws<System.Text.Json.JsonException>(() => TrustDocuments.Read(System.Text.Encoding.UTF8.GetBytes(payload)));

    [Fact]
    public async Task A_list_is_signed_anew_at_half_its_time_also_while_Rekey_is_stopped()
    {
        var company = await Company.WithBaselineAsync();
        company.Options.Stopped = true;
        var process = company.NewProcess();
        await process.PublishBlocklist.PublishAsync(default);
        await process.Publish.PublishAsync(default);
        var (list, head) = (company.TrustList, BlockingGateway.Published(company));
        Assert.Equal(list.MadeAt + company.Options.Trust.ListValidity, list.ValidUntil);
        Assert.Equal(head.MadeAt + company.Options.Trust.ListValidity, head.ValidUntil);

        company.Clock.Advance(list.ValidUntil - (company.Options.Trust.ListValidity / 2) - company.Now - TimeSpan.FromSeconds(1));
        await process.Publish.PublishAsync(default);
        Assert.Equal(list.Sequence, company.TrustList.Sequence);

        company.Clock.Advance(TimeSpan.FromHours(2));
        await process.Publish.PublishAsync(default);
        await process.PublishBlocklist.PublishAsync(default);
        Assert.Equal(
            (list.Sequence + 1, company.Now + company.Options.Trust.ListValidity),
            (company.TrustList.Sequence, company.TrustList.ValidUntil)
        );
        Assert.Equal(
            (head.List.Number, company.Now + company.Options.Trust.ListValidity),
            (BlockingGateway.Full(company).Number, BlockingGateway.Published(company).ValidUntil)
        );
        Assert.Empty(company.Findings.Open);
    }

    /// <summary>What a gateway needs besides keys: the rules for times, and the key that signs next.</summary>
    [Fact]
    public async Task A_list_has_the_rules_for_times_and_announces_a_change_of_the_document_key()
    {
        var company = await Company.WithBaselineAsync();
        var (list, trust) = (company.TrustList, company.Options.Trust);
        Assert.Equal(
            (trust.MaxTokenLifetime.TotalSeconds, trust.ClockSkew.TotalSeconds),
            (list.Tokens!.MaxLifetimeSeconds, list.Tokens.ClockSkewSeconds)
        );
        Assert.Equal(
            (trust.MaxTokenLifetime, trust.ClockSkew),
            (list.Tokens.ToOptions().MaxTokenLifetime, list.Tokens.ToOptions().ClockSkew)
        );
        Assert.Null(list.NextDocumentKey);

        var next = new DocumentKey(new DocumentSigner().Public, "ES256");
        company.Signer.Next = next;
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal((list.Sequence + 1, next), (company.TrustList.Sequence, company.TrustList.NextDocumentKey));
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal(list.Sequence + 1, company.TrustList.Sequence);

        company.Signer.Next = null;
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal((list.Sequence + 2, null), (company.TrustList.Sequence, company.TrustList.NextDocumentKey));
    }

    [Fact]
    public async Task A_list_says_how_far_the_ledger_was_and_is_not_signed_again_because_that_moved()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var list = company.TrustList;
        var line = company.VerifiedLedger()[(int)list.Ledger.Count - 1];
        Assert.Equal((line.Number, LedgerChain.Hash(LedgerChain.Format(line))), (list.Ledger.Count, list.Ledger.Hash));

        await process.Ledger.AppendAsync(
            new("noise/1", LedgerKinds.FindingRaised, "noise", new Dictionary<string, string>(StringComparer.Ordinal)),
            default
        );
        await process.Publish.PublishAsync(default);
        Assert.Equal(list.Sequence, company.TrustList.Sequence);
    }

    [Fact]
    public async Task What_is_put_on_record_of_a_list_is_what_changed()
    {
        var company = await Company.WithBaselineAsync(keys: 20);
        var old = company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint;
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        var made = company.Rotation.NewThumbprint;

        var lines = company.VerifiedLedger().Where(l => l.Entry.Kind == LedgerKinds.TrustPublished).Select(l => l.Entry.Facts).ToList();
        Assert.Equal(["20", "21", "20"], lines.TakeLast(3).Select(f => f["count"]));
        Assert.Equal([made, ""], lines.TakeLast(2).Select(f => f["added"]));
        Assert.Equal(["", old], lines.TakeLast(2).Select(f => f["removed"]));

        // The deltas add up to the list, whoever reads them.
        var kids = (await company.NewProcess().TrustLedger.ReadAsync(default)).PublishedKids;
        Assert.True(kids.SetEquals(company.TrustList.Keys.Select(k => k.Kid)));
    }

    [Fact]
    public async Task A16_A_lock_on_the_list_holds_back_no_revocation_and_is_told_until_it_is_gone()
    {
        var company = await Company.WithBaselineAsync();
        var old = company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint;
        company.Container.Locked.Add(TrustDocuments.TrustListName);
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();
        Assert.Contains(
            old,
            company.VerifiedLedger().Where(l => l.Entry.Kind == LedgerKinds.TrustEnded).Select(l => l.Entry.Facts["thumbprint"])
        );
        Assert.Equal(Severity.Critical, Assert.Single(company.Findings.Open, f => f.Kind == "cannot-publish").Severity);
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.CanSign);
        Assert.InRange(company.Container.Tries, 1, 10);

        company.Container.Locked.Clear();
        await process.WorkAsync(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain("cannot-publish", company.Findings.Open.Select(f => f.Kind));
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A16_A_lock_on_the_blocklist_holds_up_no_change_and_makes_no_flood()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.PublishBlocklist.PublishAsync(default);
        company.Container.Locked.Add(BlockDocuments.Name);
        var tries = company.Container.Tries;
        Assert.Equal(1, await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default));
        Assert.InRange(company.Container.Tries - tries, 1, 3);
        Assert.Equal(BlockDocuments.Name, Assert.Single(company.Findings.Open).About);

        company.Container.Locked.Clear();
        await process.PublishBlocklist.PublishAsync(default);
        Assert.Empty(company.Findings.Open);
        Assert.Single(BlockingGateway.Full(company).At(company.Now));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A16_Somebody_who_is_always_faster_ends_the_tries(bool blocks)
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        company.Clock.Advance(company.Options.Trust.ListValidity / 2);
        var process = company.NewProcess(new Faster(company));
        Task Publish() => blocks ? process.PublishBlocklist.PublishAsync(default) : process.Publish.PublishAsync(default);
        var failed = await Assert.ThrowsAsync<RetryLaterException>(Publish);
        Assert.Equal("cannot-publish", failed.Reason);
        Assert.Contains("cannot-publish", company.Findings.Open.Select(f => f.Kind));
    }

    [Fact]
    public async Task A3_An_older_blocklist_is_replaced_and_told()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.PublishBlocklist.PublishAsync(default);
        var before = company.Container.Current.ToDictionary();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        Assert.Empty(company.Findings.Kinds);
        company.Container.Alter(BlockDocuments.Name, before[BlockDocuments.Name].Content.ToArray());

        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        Assert.Equal(("document-altered", BlockDocuments.Name), company.Findings.ById.Values.Select(f => (f.Kind, f.About)).Single());
        Assert.Single(BlockingGateway.Full(company).At(company.Now));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("another key's")]
    [InlineData("another environment's")]
    [InlineData("another type")]
    public async Task A3_A_foreign_blocklist_is_replaced_and_told(string deed)
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        var payload = BlockDocuments.Bytes(
            new PublishedBlocks(deed == "another environment's" ? "dev" : "prod", company.Now, company.Now.AddHours(12), new(9, []))
        );
        company.Container.Alter(
            BlockDocuments.Name,
            deed == "{}"
                ? "{}"u8.ToArray()
                : await SignedDocument.SignAsync(
                    deed == "another key's" ? new DocumentSigner() : company.Signer,
                    deed == "another type" ? "jwt" : BlockDocuments.Type,
                    payload,
                    default
                )
        );
        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        Assert.Equal(("document-altered", BlockDocuments.Name), company.Findings.ById.Values.Select(f => (f.Kind, f.About)).Single());
        Assert.Single(BlockingGateway.Full(company).At(company.Now));
    }

    [Fact]
    public async Task D7_A_list_of_another_environment_under_the_same_key_is_replaced()
    {
        var company = await Company.WithBaselineAsync();
        var list = company.TrustList;
        var dev = TrustDocuments.Payload(list with { Environment = "dev", Sequence = list.Sequence + 1 });
        company.Container.Alter(
            TrustDocuments.TrustListName,
            await SignedDocument.SignAsync(company.Signer, TrustDocuments.TrustListType, dev, default)
        );
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal("prod", company.TrustList.Environment);
        Assert.Contains("document-altered", company.Findings.Kinds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task B1_With_the_ledger_cut_nothing_is_published_and_what_stands_stays(int cut)
    {
        var company = await Company.WithBaselineAsync();
        var ends = new List<int>();
        var bytes = company.Blobs.Segments[0].Bytes;
        var whole = bytes.Count;
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        for (var at = whole; at < bytes.Count; at++)
        {
            if (bytes[at] == (byte)'\n')
            {
                ends.Add(at + 1);
            }
        }

        // From behind the revocation's publication so many lines are gone.
        var published = ends.FindLastIndex(e =>
            System
                .Text.Encoding.ASCII.GetString([.. bytes.Take(e)])
                .Split('\n')[^2]
                .Contains("\"trust-published\"", StringComparison.Ordinal)
        );
        var keep = published - 1 - cut < 0 ? whole : ends[published - 1 - cut];
        bytes.RemoveRange(keep, bytes.Count - keep);
        var standing = company.Container.Current[TrustDocuments.TrustListName];

        var process = company.NewProcess();
        Assert.Equal(
            "ledger-broken",
            (await Assert.ThrowsAsync<CannotContinueException>(() => process.Publish.PublishAsync(default))).Reason
        );
        Assert.Equal(Severity.Critical, Assert.Single(company.Findings.Open, f => f.Kind == "ledger-broken").Severity);
        Assert.Same(standing, company.Container.Current[TrustDocuments.TrustListName]);
    }

    [Fact]
    public async Task B1_With_a_change_of_the_blocklist_cut_nothing_is_published()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        var bytes = company.Blobs.Segments[0].Bytes;
        var before = bytes.Count;
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        bytes.RemoveRange(before, bytes.Count - before);
        var standing = company.Container.Current[BlockDocuments.Name];
        Assert.Equal(
            "ledger-broken",
            (await Assert.ThrowsAsync<CannotContinueException>(() => company.NewProcess().PublishBlocklist.PublishAsync(default))).Reason
        );
        Assert.Same(standing, company.Container.Current[BlockDocuments.Name]);
    }

    /// <summary>Only a ledger that was cut and written on has another list under that number.</summary>
    [Fact]
    public async Task B1_With_another_list_under_our_signature_and_that_number_nothing_is_published()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        var other = new PublishedBlocks("prod", company.Now, company.Now.AddHours(12), new(1, []));
        company.Container.Alter(
            BlockDocuments.Name,
            await SignedDocument.SignAsync(company.Signer, BlockDocuments.Type, BlockDocuments.Bytes(other), default)
        );
        var standing = company.Container.Current[BlockDocuments.Name];
        Assert.Equal(
            "ledger-broken",
            (await Assert.ThrowsAsync<CannotContinueException>(() => company.NewProcess().PublishBlocklist.PublishAsync(default))).Reason
        );
        Assert.Same(standing, company.Container.Current[BlockDocuments.Name]);
    }

    /// <summary>A backup of the stolen key, put into a vault three years later, is the stolen key still.</summary>
    [Fact]
    public async Task A_key_that_was_revoked_is_revoked_for_ever()
    {
        var company = await Company.WithBaselineAsync();
        var stolen = company.Vault.Newest(company.Key);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        var (trust, thumbprint) = (company.Options.Trust, stolen.Public.PublicKey.Thumbprint);
        company.Clock.Advance(trust.VerifierCacheTime + trust.MaxTokenLifetime + trust.ClockSkew - TimeSpan.FromMinutes(1));
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Contains(thumbprint, company.TrustList.Revoked);
        company.Clock.Advance(TimeSpan.FromDays(3 * 365));
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Empty(company.TrustList.Revoked);

        // As a version of its own key, and as the first one of a key that nobody has met.
        company.Vault.Add(company.Key, stolen.Private);
        company.Options.Keys.Add(
            new()
            {
                VaultUri = new("https://kv-prod-02.vault.azure.net"),
                Name = "restored",
                Issuer = "login",
                Custodians = [$"{Company.Leaver}"],
            }
        );
        var restored = company.GovernedKeys.Keys[^1].Key;
        company.Vault.Add(restored, stolen.Private);
        company.Vault.Add(restored);
        var process = company.NewProcess();
        await process.TakeBaselines.RunAsync(default);
        foreach (var decision in company.Decisions.All.Where(d => d.State is DecisionState.Pending))
        {
            Assert.DoesNotContain(thumbprint, decision.Statement, StringComparison.Ordinal);
            await process.SayAsync(decision, approve: true);
        }

        await process.Publish.PublishAsync(default);
        Assert.DoesNotContain(thumbprint, company.TrustList.Keys.Select(k => k.Thumbprint));
        Assert.Contains(restored.Id, company.TrustList.Keys.Select(k => k.KeyId));
        Assert.True((await process.TrustLedger.ReadAsync(default)).IsRevoked(thumbprint));
        Assert.Contains("ended-version-signs", company.Findings.Kinds);
    }

    /// <summary>Before each write of this process somebody else writes.</summary>
    private sealed class Faster(Company company) : Fate
    {
        protected override Task BeforeAsync(int number, string what)
        {
            if (what.StartsWith("publish ", StringComparison.Ordinal))
            {
                var name = what["publish ".Length..];
                company.Container.Alter(name, company.Container.Current[name].Content.ToArray());
            }

            return Task.CompletedTask;
        }
    }
}
