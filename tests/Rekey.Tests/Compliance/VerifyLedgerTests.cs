using System.Text.Json;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Compliance;

/// <summary>The past cannot be rewritten unseen (T25), nor cut (T28), and verifying it does not grow with it (T34, T35).</summary>
public sealed class VerifyLedgerTests
{
    private const string Second = "5b0b1a4e-0000-4000-8000-0000000000fe";

    private readonly MemoryCheckpoints _checkpoints = new();
    private readonly DocumentSigner _signer = new();

    [Fact]
    public async Task A_whole_ledger_is_promised_once_and_stays_whole()
    {
        var company = await Company.WithBaselineAsync();
        var lines = await VerifyAsync(company);
        Assert.True(lines > 3);
        Assert.Single(_checkpoints.Documents);
        Assert.Equal(lines + 1, await VerifyAsync(company));
        Assert.Single(_checkpoints.Documents);
        Assert.DoesNotContain("ledger-broken", company.Findings.Kinds);
    }

    [Fact]
    public async Task An_altered_byte_is_found()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        var bytes = company.Blobs.Segments[0].Bytes;
        bytes[bytes.Count / 2] ^= 1;
        Assert.Null(await VerifyAsync(company));
        Assert.Equal(Severity.Critical, company.Findings.ById.Values.Single(f => f.Kind == "ledger-broken").Severity);
    }

    [Fact]
    public async Task A_history_that_was_written_anew_and_chains_perfectly_is_found_by_its_checkpoint()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        var other = await Company.WithBaselineAsync();
        await other
            .NewProcess()
            .Ledger.AppendAsync(new("later", "later", "later", new Dictionary<string, string>(StringComparer.Ordinal)), default);
        var forged = other.Blobs.Segments[0].Bytes;
        company.Blobs.Segments[0].Bytes.Clear();
        company.Blobs.Segments[0].Bytes.AddRange(forged);
        Assert.Null(await VerifyAsync(company));
        Assert.Contains("ledger-broken", company.Findings.Kinds);
    }

    /// <summary>T25: the last lines chained anew, in a segment that verifies by itself, are not those that were checkpointed.</summary>
    [Fact]
    public async Task A_rewritten_end_that_chains_is_found_by_its_checkpoint()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        var promised = _checkpoints.Documents.Keys.Max();
        Cut(company, company.VerifiedLedger().Count - (int)promised + 1);
        await AppendAsync(company, "rewritten", "later");
        await AppendAsync(company, "end", LedgerKinds.TrustEnded);
        Assert.True(company.VerifiedLedger().Count > promised);

        Assert.Null(await VerifyAsync(company));
        var title = company.Findings.ById.Values.Single(f => f.Kind == "ledger-broken").Title;
        Assert.Contains($"line {promised} is not the one that was checkpointed", title, StringComparison.Ordinal);

        // The end of a trust would be checkpointed at once: nothing is signed over a rewritten line.
        Assert.Single(_checkpoints.Documents);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.LedgerCheckpointed);
    }

    [Fact]
    public async Task A_checkpoint_by_another_key_is_refused()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        Assert.Null(await VerifyAsync(company, new DocumentSigner()));
        Assert.Contains("ledger-broken", company.Findings.Kinds);
    }

    [Fact]
    public async Task Nor_is_a_first_checkpoint_made_by_another_key()
    {
        var company = await Company.WithBaselineAsync();
        Assert.Null(await VerifyAsync(company, new DocumentSigner()));
        Assert.Empty(_checkpoints.Documents);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.LedgerCheckpointed);
        Assert.Contains("was pinned", company.Findings.ById.Values.Single(f => f.Kind == "ledger-broken").Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_checkpoint_key_the_chain_is_walked_and_that_is_a_finding()
    {
        var company = await Company.WithBaselineAsync();
        using var verify = Verifier(company, noKey: true);
        Assert.Equal(company.VerifiedLedger().Count, await verify.RunAsync(default));
        Assert.Contains("ledger-without-checkpoints", company.Findings.Kinds);
        company.Blobs.Segments[0].Bytes[300] ^= 1;
        Assert.Null(await Verifier(company, noKey: true).RunAsync(default));
    }

    /// <summary>By a line, by half, to nothing: a process that begins afresh knows only the checkpoint.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public async Task A_ledger_that_is_shorter_than_a_checkpoint_is_broken(int cut)
    {
        var company = await Company.WithBaselineAsync();
        using var warm = Verifier(company);
        await warm.RunAsync(default);
        Cut(company, cut + 1);

        Assert.Null(await VerifyAsync(company));
        var told = company.Findings.ById.Values.Single(f => f.Kind == "ledger-broken");
        Assert.Contains("was checkpointed", told.Title, StringComparison.Ordinal);
        Assert.Null(await warm.RunAsync(default));
        Assert.NotNull(warm.Trouble);
        Assert.Single(_checkpoints.Documents);
    }

    /// <summary>Then no document contradicts the ledger. The checkpoint that followed the end of trust does.</summary>
    [Fact]
    public async Task A_cut_ledger_to_which_the_published_list_was_put_back_is_found_by_its_checkpoint()
    {
        var company = await Company.WithBaselineAsync();
        var (lines, list) = (company.VerifiedLedger().Count, company.Container.Current[TrustDocuments.TrustListName].Content.ToArray());
        await VerifyAsync(company);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        await VerifyAsync(company);
        Cut(company, company.VerifiedLedger().Count - lines);
        company.Container.Alter(TrustDocuments.TrustListName, list);
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.DoesNotContain("ledger-broken", company.Findings.Kinds);

        Assert.Null(await VerifyAsync(company));
        Assert.Contains("ledger-broken", company.Findings.Kinds);
    }

    /// <summary>
    /// Two approvers accept a ledger that was cut. Checkpoints of lines that are gone then stop nothing, and the finding closes; what is
    /// cut after that is found as before.
    /// </summary>
    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public async Task After_two_approvers_accepted_a_cut_ledger_it_is_verified_again(
        bool isSameProcess,
        bool listContradicts,
        bool hasGrownAgain
    )
    {
        var (company, kept, voided) = await CutAsync(listContradicts);
        if (hasGrownAgain)
        {
            await AppendAsync(company, [.. Enumerable.Range(0, (int)voided).Select(n => $"again/{n}")]);
        }

        var process = company.NewProcess();
        using var same = Verifier(company, process: process);
        Task<long?> AgainAsync() => isSameProcess ? same.RunAsync(default) : VerifyAsync(company);
        Assert.Null(await AgainAsync());

        var (accept, decision) = await AskAsync(company, process, listContradicts);
        Assert.Equal(listContradicts ? "accept-ledger" : "accept-ledger-for-checkpoints", decision.Kind);
        Assert.Null(await AgainAsync());
        Assert.Empty(_checkpoints.Acceptances);
        var answered = await process.Answer.AnswerAsync(new(decision.Id, true, decision.PlanHash, Second, Reason: null), default);
        if (listContradicts)
        {
            await process.Publish.CarryOutAsync(answered.Decision!, default);
        }

        await accept.CarryOutAsync(answered.Decision!, default);
        Assert.Null(await AgainAsync());
        await accept.SignAsync(answered.Decision!, default);

        // An approver may send the answer twice.
        await accept.SignAsync(answered.Decision!, default);
        Assert.Single(_checkpoints.Acceptances);
        Assert.NotNull(await AgainAsync());
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == "ledger-broken");
        Assert.Null(await accept.AskAsync(await MarkAsync(process), "again", Company.Approver, default));

        // It stays so: in every hour, after every start, and when the ledger has grown beyond the void checkpoint.
        for (var hour = 0; hour < 3; hour++)
        {
            company.Clock.Advance(TimeSpan.FromHours(1));
            await AppendAsync(company, [.. Enumerable.Range(0, 20).Select(n => $"{hour}/{n}")]);
            Assert.NotNull(await AgainAsync());
            Assert.NotNull(await VerifyAsync(company));
        }

        Assert.True(company.VerifiedLedger().Count > voided);
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == "ledger-broken");

        // An acceptance counts for what was signed before it: cut back to the accepted line, the ledger is broken again.
        Cut(company, company.VerifiedLedger().Count - kept);
        Assert.Null(await VerifyAsync(company));
        Assert.Contains(company.Findings.Open, f => f.Kind == "ledger-broken");
    }

    /// <summary>The line of an acceptance is in the ledger, where an attacker who cuts it can write; its signature is not.</summary>
    [Theory]
    [InlineData("only-on-the-ledger")]
    [InlineData("another-key")]
    [InlineData("another-environment")]
    [InlineData("a-checkpoint-as-acceptance")]
    [InlineData("another-line")]
    public async Task An_acceptance_that_the_pinned_key_did_not_sign_for_this_ledger_voids_nothing(string forgery)
    {
        var (company, _, _) = await CutAsync(listContradicts: false);
        Assert.Null(await VerifyAsync(company));
        var process = company.NewProcess();
        var (accept, decision) = await AskAsync(company, process, listContradicts: false);
        var answered = await process.Answer.AnswerAsync(new(decision.Id, true, decision.PlanHash, Second, Reason: null), default);
        await accept.CarryOutAsync(answered.Decision!, default);
        var mark = await MarkAsync(process);
        var content = new LedgerCheckpoint(company.GovernedKeys.Environment, mark.Count, mark.Hash, company.Now) { Decision = decision.Id };
        var (type, by) = (LedgerCheckpoint.AcceptanceType, _signer);
        switch (forgery)
        {
            case "only-on-the-ledger":
                by = null!;
                break;
            case "another-key":
                by = new DocumentSigner();
                break;
            case "another-environment":
                content = content with { Environment = "dev" };
                break;
            case "a-checkpoint-as-acceptance":
                type = LedgerCheckpoint.Type;
                break;
            default:
                content = content with { Hash = new('a', 64) };
                break;
        }

        if (by is not null)
        {
            _checkpoints.Acceptances["forged"] = await SignedDocument.SignAsync(
                by,
                type,
                JsonSerializer.SerializeToUtf8Bytes(content),
                default
            );
        }

        Assert.Null(await VerifyAsync(company));
        Assert.Contains(company.Findings.Open, f => f.Kind == "ledger-broken");
    }

    [Fact]
    public async Task A_no_signs_nothing()
    {
        var (company, _, _) = await CutAsync(listContradicts: false);
        var process = company.NewProcess();
        var (accept, decision) = await AskAsync(company, process, listContradicts: false);
        var answered = await process.Answer.AnswerAsync(new(decision.Id, false, decision.PlanHash, Second, Reason: null), default);
        await accept.SignAsync(answered.Decision!, default);
        Assert.Empty(_checkpoints.Acceptances);
        Assert.Null(await VerifyAsync(company));
    }

    [Fact]
    public async Task A_whole_ledger_has_nothing_to_accept()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        var process = company.NewProcess();
        Assert.Null(await Accepting(company, process).AskAsync(await MarkAsync(process), "why", Company.Approver, default));
    }

    /// <summary>A checkpoint of a foreign hand neither counts nor stops anything.</summary>
    [Fact]
    public async Task A_planted_checkpoint_is_told_and_verifying_begins_at_the_newest_that_is_good()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        var good = _checkpoints.Documents.Single();
        _checkpoints.Documents[900] = "garbage"u8.ToArray();
        _checkpoints.Documents[901] = good.Value;
        _checkpoints.Documents[902] = await SignAsync(
            new(company.GovernedKeys.Environment, 902, LedgerChain.Origin, company.Now),
            new DocumentSigner()
        );
        _checkpoints.Documents[903] = await SignAsync(new("another", 903, LedgerChain.Origin, company.Now), _signer);

        using var verify = Verifier(company);
        _checkpoints.Reads.Clear();
        Assert.Equal(company.VerifiedLedger().Count, await verify.RunAsync(default));
        Assert.Equal([903, 902, 901, 900, good.Key], _checkpoints.Reads.Take(5));
        Assert.Contains("ledger-broken", company.Findings.Kinds);
        Assert.Contains("refused", verify.Trouble, StringComparison.Ordinal);

        Cut(company, 2);
        Assert.Null(await VerifyAsync(company));
    }

    [Fact]
    public async Task A_checkpoint_follows_an_end_of_trust_with_the_next_run_and_other_lines_within_the_hour()
    {
        var company = await Company.WithBaselineAsync();
        using var verify = Verifier(company);
        await verify.RunAsync(default);
        Assert.Single(_checkpoints.Documents);

        await AppendAsync(company, "ordinary");
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await verify.RunAsync(default);
        Assert.Single(_checkpoints.Documents);

        await AppendAsync(company, "end", LedgerKinds.TrustEnded);
        var end = company.VerifiedLedger()[^1];
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await verify.RunAsync(default);
        Assert.Equal(LedgerChain.Hash(LedgerChain.Format(end)), Opened(end.Number).Hash);
        Assert.Equal((LedgerKinds.LedgerCheckpointed, $"{end.Number}"), Last(company, l => (l.Entry.Kind, l.Entry.Facts["lines"])));

        // Once is enough, also for a process that begins afresh and for one that saw it made by another.
        using var other = Verifier(company);
        await other.RunAsync(default);
        await verify.RunAsync(default);
        Assert.Equal(2, _checkpoints.Documents.Count);

        await AppendAsync(company, "end-2", LedgerKinds.TrustEnded);
        await other.RunAsync(default);
        await verify.RunAsync(default);
        Assert.Equal(3, _checkpoints.Documents.Count);
        Assert.Single(company.VerifiedLedger(), l => l.Entry.Id == $"ledger-checkpointed/{_checkpoints.Documents.Keys.Max()}");

        await AppendAsync(company, "ordinary-2");
        company.Clock.Advance(TimeSpan.FromMinutes(59));
        await verify.RunAsync(default);
        Assert.Equal(3, _checkpoints.Documents.Count);
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await verify.RunAsync(default);
        Assert.Equal(4, _checkpoints.Documents.Count);
    }

    [Fact]
    public async Task An_idle_ledger_costs_one_read_a_minute_and_gains_nothing()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        using var verify = Verifier(company, process: process);
        await verify.RunAsync(default);
        await verify.RunAsync(default);
        var lines = company.VerifiedLedger().Count;
        process.Segments.Reads.Clear();
        var (reads, lists, effects) = (_checkpoints.Reads.Count, _checkpoints.Lists, process.Fate.Effects.Count);
        for (var minute = 1; minute < 60; minute++)
        {
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(lines, await verify.RunAsync(default));
            Assert.Equal(minute, process.Segments.Reads.Count);
        }

        Assert.Equal((reads, lists, effects), (_checkpoints.Reads.Count, _checkpoints.Lists, process.Fate.Effects.Count));

        // A day later still: the old segment of each hour is read, and nothing is written.
        for (var hour = 0; hour < 24; hour++)
        {
            company.Clock.Advance(TimeSpan.FromHours(1));
            await verify.RunAsync(default);
        }

        Assert.Equal(lines, company.VerifiedLedger().Count);
        Assert.Single(_checkpoints.Documents);
        Assert.InRange(process.Segments.Reads.Count - 59, 24, 60);
    }

    /// <summary>4,000 checkpoints, all in one segment: the worst case.</summary>
    [Fact]
    public async Task Thousands_of_checkpoints_are_verified_in_turn_within_a_bounded_number_of_reads()
    {
        var company = await LongHistoryAsync(4_000);
        var process = company.NewProcess();
        using var verify = Verifier(company, process: process);
        var seen = new HashSet<long>();
        for (var hour = 0; seen.Count < 4_000; hour++)
        {
            Assert.True(hour < 25, $"{seen.Count} after {hour} hours");
            _checkpoints.Reads.Clear();
            process.Segments.Reads.Clear();
            Assert.NotNull(await verify.RunAsync(default));
            Assert.InRange(_checkpoints.Reads.Count, 1, 201);
            Assert.InRange(process.Segments.Reads.Count, 1, 6);
            seen.UnionWith(_checkpoints.Reads);
            company.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.InRange(_checkpoints.Lists, 1, 4);
        Assert.DoesNotContain("ledger-broken", company.Findings.Kinds);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(350)]
    [InlineData(399)]
    public async Task An_old_checkpoint_that_contradicts_its_line_is_found_in_its_turn_and_nothing_is_promised_any_more(int number)
    {
        var company = await LongHistoryAsync(400);
        _checkpoints.Documents[number] = await SignAsync(
            new(company.GovernedKeys.Environment, number, LedgerChain.Origin, company.Now),
            _signer
        );
        using var verify = Verifier(company);
        var hours = 0;
        while (await verify.RunAsync(default) is not null)
        {
            Assert.True(++hours < 4);
            company.Clock.Advance(TimeSpan.FromHours(1));
        }

        var promised = _checkpoints.Documents.Count;
        Assert.Contains($"line {number} ", verify.Trouble, StringComparison.Ordinal);
        await AppendAsync(company, "end", LedgerKinds.TrustEnded);
        Assert.Null(await verify.RunAsync(default));
        Assert.Equal(promised, _checkpoints.Documents.Count);
    }

    /// <summary>
    /// Every old segment has its turn, its seam to the next one too, and a fresh process each hour changes nothing in that.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_written_anew_in_an_old_segment_is_found_in_its_turn(bool wholeSegment)
    {
        for (var segment = 0; segment < 4; segment++)
        {
            _checkpoints.Documents.Clear();
            var company = await Company.WithBaselineAsync(configure: o => o.Ledger.BlocksPerSegment = 6);
            await AppendAsync(company, [.. Enumerable.Range(0, 20).Select(n => $"{n}")]);
            await VerifyAsync(company);
            Assert.True(company.Blobs.Segments.Count > 4);
            Forge(company, segment, wholeSegment);

            var hours = 0;
            while (await VerifyAsync(company) is not null)
            {
                Assert.True(++hours <= company.Blobs.Segments.Count, $"segment {segment + 1}");
                company.Clock.Advance(TimeSpan.FromHours(1));
            }
        }
    }

    [Fact]
    public async Task Every_segment_is_whole_in_its_turn()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Ledger.BlocksPerSegment = 6);
        using var verify = Verifier(company);
        var process = company.NewProcess();
        for (var hour = 0; hour < 40; hour++)
        {
            await AppendAsync(company, $"{hour}");
            Assert.NotNull(await verify.RunAsync(default));
            Assert.NotNull(await VerifyAsync(company));
            company.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.True(company.Blobs.Segments.Count > 8);
        Assert.Empty(company.Findings.Open);
    }

    /// <summary>
    /// Nothing was ever verified, and one run cannot come to the end: where it came to is signed, and a fresh process goes on there.
    /// </summary>
    [Fact]
    public async Task What_is_too_long_for_one_run_is_gone_on_with()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Ledger.BytesPerSegment = 3 * 1024 * 1024);
        var process = company.NewProcess();
        for (var n = 0; n < 100; n++)
        {
            var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["fact"] = new('x', 200_000) };
            await process.Ledger.AppendAsync(new($"{n}", "kind", "about", facts), default);
        }

        var (last, runs) = (company.VerifiedLedger().Count, 0);
        company.Clock.AutoAdvanceAmount = TimeSpan.FromMinutes(1.5);
        for (var verified = 0L; verified < last; runs++)
        {
            var before = verified;
            verified = (await VerifyAsync(company))!.Value;
            Assert.True(verified > before);
            Assert.True(verified >= last || _checkpoints.Documents.Count == runs + 1);
        }

        Assert.InRange(runs, 4, 10);
        Assert.DoesNotContain("ledger-broken", company.Findings.Kinds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_ledger_that_was_not_verified_for_hours_is_told_of_also_when_findings_cannot_be_kept(bool findingsAreAway)
    {
        var company = await Company.WithBaselineAsync();
        using var verify = Verifier(company, fate: findingsAreAway ? new FailsAt("raise finding") : Fate.Immortal);
        _checkpoints.IsAway = true;
        for (var hour = 0; hour <= 3; hour++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(() => verify.RunAsync(default));
            Assert.Null(verify.Trouble);
            company.Clock.Advance(TimeSpan.FromHours(1));
        }

        await Assert.ThrowsAsync<RetryLaterException>(() => verify.RunAsync(default));
        Assert.Contains("has not been verified since", verify.Trouble, StringComparison.Ordinal);
        Assert.Equal(findingsAreAway ? [] : ["ledger-unverified"], company.Findings.Open.Select(f => f.Kind));

        _checkpoints.IsAway = false;
        Assert.NotNull(await verify.RunAsync(default));
        Assert.Null(verify.Trouble);
        Assert.Empty(company.Findings.Open);
    }

    private static T Last<T>(Company company, Func<LedgerLine, T> what) => what(company.VerifiedLedger()[^1]);

    private static Task AppendAsync(Company company, params string[] ids) => AppendAsync(company, "kind", ids);

    private static Task AppendAsync(Company company, string id, string kind) => AppendAsync(company, kind, [id]);

    private static async Task AppendAsync(Company company, string kind, string[] ids)
    {
        var ledger = company.NewProcess().Ledger;
        foreach (var id in ids)
        {
            await ledger.AppendAsync(new(id, kind, "about", new Dictionary<string, string>(StringComparer.Ordinal)), default);
        }
    }

    /// <summary>Takes the last lines away, all of them where there are fewer.</summary>
    private static void Cut(Company company, int lines)
    {
        var bytes = company.Blobs.Segments[^1].Bytes;
        for (; lines > 0 && bytes.Count > 0; lines--)
        {
            var end = bytes.LastIndexOf((byte)'\n', bytes.Count - 2) + 1;
            bytes.RemoveRange(end, bytes.Count - end);
        }
    }

    /// <summary>Another word in the middle of a segment; with all lines behind it in that segment chained anew.</summary>
    private static void Forge(Company company, int segment, bool wholeSegment)
    {
        var bytes = company.Blobs.Segments[segment].Bytes;
        var lines = new LedgerVerifier(0, hash: null).Take(bytes.ToArray()).ToList();
        var middle = lines.Count / 2;
        lines[middle] = lines[middle] with { Entry = lines[middle].Entry with { About = "forged" } };
        for (var n = middle + 1; wholeSegment && n < lines.Count; n++)
        {
            lines[n] = lines[n] with { Previous = LedgerChain.Hash(LedgerChain.Format(lines[n - 1])) };
        }

        bytes.Clear();
        bytes.AddRange(lines.SelectMany(l => (byte[])[.. LedgerChain.Format(l), (byte)'\n']));
    }

    /// <summary>A company with so many lines, each of which was checkpointed.</summary>
    private async Task<Company> LongHistoryAsync(int lines)
    {
        var company = await Company.WithBaselineAsync();
        var ledger = company.NewProcess().Ledger;
        await Task.WhenAll(
            Enumerable
                .Range(0, lines)
                .Select(n =>
                    ledger.AppendAsync(new($"{n}", "kind", "about", new Dictionary<string, string>(StringComparer.Ordinal)), default)
                )
        );
        foreach (var line in company.VerifiedLedger().Take(lines))
        {
            _checkpoints.Documents[line.Number] = await SignAsync(
                new(company.GovernedKeys.Environment, line.Number, LedgerChain.Hash(LedgerChain.Format(line)), company.Now),
                _signer
            );
        }

        return company;
    }

    private LedgerCheckpoint Opened(long lines) =>
        JsonSerializer.Deserialize<LedgerCheckpoint>(
            SignedDocument.Open(_checkpoints.Documents[lines].Span, LedgerCheckpoint.Type, _signer.Public, "ES256")
        )!;

    /// <summary>A company whose ledger was cut, behind a checkpoint.</summary>
    /// <returns>The lines that are left, and the line of the checkpoint.</returns>
    private async Task<(Company Company, int Kept, long Voided)> CutAsync(bool listContradicts)
    {
        var company = await Company.WithBaselineAsync();
        var kept = company.VerifiedLedger().Count;
        if (listContradicts)
        {
            await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
            await company.NewProcess().GoAsync();
        }
        else
        {
            await AppendAsync(company, ["cut-1", "cut-2"]);
        }

        await VerifyAsync(company);
        Cut(company, company.VerifiedLedger().Count - kept);
        return (company, kept, _checkpoints.Documents.Keys.Max());
    }

    private async Task<(AcceptLedgerForCheckpoints Accept, Decision Decision)> AskAsync(
        Company company,
        Process process,
        bool listContradicts
    )
    {
        var (accept, mark) = (Accepting(company, process), await MarkAsync(process));
        var decision = listContradicts
            ? await process.AcceptLedger.AskAsync(mark, "no copy", Company.Approver, default)
            : await accept.AskAsync(mark, "no copy", Company.Approver, default);
        return (accept, decision!);
    }

    private AcceptLedgerForCheckpoints Accepting(Company company, Process process) =>
        new(
            process.SeenLedger,
            process.TrustLedger,
            process.Ask,
            _checkpoints,
            company.GovernedKeys,
            company.Clock,
            new(_signer, _signer.Public.Thumbprint)
        );

    private static async Task<LedgerMark> MarkAsync(Process process)
    {
        var head = await process.Ledger.HeadAsync(default);
        return new(head.Lines, head.Hash);
    }

    private static async Task<ReadOnlyMemory<byte>> SignAsync(LedgerCheckpoint checkpoint, DocumentSigner by) =>
        await SignedDocument.SignAsync(by, LedgerCheckpoint.Type, JsonSerializer.SerializeToUtf8Bytes(checkpoint), default);

    private async Task<long?> VerifyAsync(Company company, DocumentSigner? signer = null)
    {
        using var verify = Verifier(company, signer);
        return await verify.RunAsync(default);
    }

    private VerifyLedger Verifier(
        Company company,
        DocumentSigner? signer = null,
        bool noKey = false,
        Process? process = null,
        Fate? fate = null
    )
    {
        process ??= company.NewProcess();
        var findings = company.Findings.For(fate ?? process.Fate);
        return new(
            process.Ledger,
            process.Segments,
            _checkpoints,
            findings,
            company.GovernedKeys,
            company.Clock,
            noKey ? null : new(signer ?? _signer, _signer.Public.Thumbprint)
        );
    }
}
