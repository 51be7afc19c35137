using Rekey.Blocking;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Departures.Directory;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// A world that plays a script, with or without an intruder. Every tick has a process of its own, which may die. When the script is over
/// nobody interferes any more, and the world works on until nothing is left to do.
/// </summary>
internal sealed class IntrudedWorld
{
    public const string Reporter = "5b0b1a4e-0000-4000-8000-0000000000cc";
    public const string Operator = "5b0b1a4e-0000-4000-8000-0000000000ee";

    private static readonly TimeSpan Peace = TimeSpan.FromHours(14);

    /// <summary>What the timers do every half minute is looked at closely for so long; after that things only have to come to an
    /// end.</summary>
    private static readonly TimeSpan Hurry = TimeSpan.FromHours(1);

    private readonly Script _script;
    private readonly Random _random;
    private readonly StateIntruder? _intruder;
    private readonly Queue<Errand> _pending = [];
    private readonly HashSet<string> _openBlocks = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _gone = [];

    private IntrudedWorld(Company company, Script script, int seed, bool intruded)
    {
        (Company, _script, _random) = (company, script, new(seed));
        Estate = new(company, script.Mode);
        _intruder = intruded ? new(company, Estate, new(seed)) : null;
    }

    public Company Company { get; }

    public WatchedEstate Estate { get; }

    /// <summary>What went on, for the reader of a failure.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Every telling of a departure: source and event.</summary>
    public HashSet<(string Source, string EventId)> Tellings { get; } = [];

    /// <summary>Every answer that an approver tried to give.</summary>
    public HashSet<(string DecisionId, bool Approve)> Answers { get; } = [];

    /// <summary>Tokens that somebody asked to block and an approver said yes to.</summary>
    public HashSet<string> Blocked { get; } = new(StringComparer.Ordinal);

    /// <summary>When the intruder did something.</summary>
    public List<DateTimeOffset> MovedAt { get; } = [];

    /// <summary>When the intruder did something last.</summary>
    public DateTimeOffset LastMove => MovedAt.Count > 0 ? MovedAt[^1] : default;

    public int Moves => _intruder?.Done.Count ?? 0;

    public static async Task<IntrudedWorld> PlayAsync(int seed, bool intruded)
    {
        var script = new Script(seed);
        var company = await Company.WithBaselineAsync(keys: 3, o =>
        {
            o.Issuers.Add(
                new()
                {
                    Name = "partners",
                    Issuer = "https://partners.example",
                    Audiences = ["shop"],
                    PublicJwksUri = PublicAddress.Of("partners"),
                }
            );
            (o.Keys[2].Issuer, o.Rotations.Mode) = ("partners", script.Mode);
            o.Sweeps.Mode = ResponseMode.Enforce;
            o.Rotations.MaxKeyAge = script.GrowsOld ? TimeSpan.FromHours(26) : null;
            (o.Keys[0].Custodians, o.Keys[1].Custodians, o.Keys[2].Custodians) = (
                [$"{Company.Leaver}"],
                [$"{Company.OtherLeaver}"],
                [$"{Company.Leaver}", $"{Company.OtherLeaver}"]
            );
        });
        var world = new IntrudedWorld(company, script, seed, intruded);
        await world.PlayAsync();
        return world;
    }

    private async Task PlayAsync()
    {
        for (var tick = 0; tick < _script.Steps.Count; tick++)
        {
            Company.Clock.Advance(_script.Steps[tick]);
            foreach (var errand in _script.At(tick))
            {
                _pending.Enqueue(errand);
            }

            if (_intruder is not null && _random.Next(3) > 0)
            {
                Intrude();
            }

            await TickAsync(
                _intruder is null
                    ? Fate.Immortal
                    : new Interrupted(_random.Next(3) == 0 ? _random.Next(1, 50) : 0, _random.Next(2) == 0, _ => MaybeIntrude())
            );
        }

        Company.Container.Locked.Clear();
        for (
            var (began, end) = (Company.Now, Company.Now + Peace);
            Company.Now < end;
            Company.Clock.Advance(Company.Now < began + Hurry ? TimeSpan.FromMinutes(5) : TimeSpan.FromMinutes(30))
        )
        {
            await TickAsync(Fate.Immortal);
        }
    }

    private void MaybeIntrude()
    {
        if (_random.Next(40) == 0)
        {
            Intrude();
        }
    }

    private void Intrude()
    {
        _intruder!.Act();
        MovedAt.Add(Company.Now);
        Say($"  intruder: {_intruder.Done[^1]}");
    }

    private void Say(string what) => Told.Add($"{Company.Now:dd HH:mm} {what}");

    private async Task TickAsync(Fate fate)
    {
        var process = Company.NewProcess(fate);
        try
        {
            await RunErrandsAsync(process);
            await RunTimersAsync(process);
            await DrainAsync(process);
            await AnswerAsync(process);
            await DrainAsync(process);
        }
        catch (ProcessDiedException)
        {
            Say($"  died at {fate.Effects[^1]}");
        }
    }

    /// <summary>Whoever got no answer tries again; what came later waits for it.</summary>
    private async Task RunErrandsAsync(Process process)
    {
        while (
            _pending.TryPeek(out var errand)
            && await TryAsync($"{errand.Kind} {errand.Person} {errand.Token}", () => RunAsync(process, errand))
        )
        {
            _pending.Dequeue();
        }

        foreach (var token in _openBlocks.ToList())
        {
            await TryAsync($"see to the block of {token}", () => SeeToBlockAsync(process, token));
        }
    }

    private async Task RunAsync(Process process, Errand errand)
    {
        var isTold = errand.Kind is ErrandKind.Tell;
        switch (errand.Kind)
        {
            case ErrandKind.Block:
                _openBlocks.Add(errand.Token!);
                return;
            case >= ErrandKind.Forge:
                await Estate.RunAsync(process, errand);
                return;
            case ErrandKind.Leave:
                Company.Directory[errand.Person] = PersonStanding.Disabled;
                break;
            case ErrandKind.ComeBack:
                Company.Directory[errand.Person] = PersonStanding.Enabled;
                break;
        }

        var source = new DepartureSource(isTold ? "ReportDeparture" : "UserChanged", errand.EventId, Company.Now, isTold ? Reporter : null);
        Tellings.Add((source.Source, source.EventId));
        var result = await process.Notice.NoticeAsync(
            new(Company.Tenant, errand.Person, source, IsObservation: !isTold, errand.Hostile),
            default
        );
        if (errand.Kind is not ErrandKind.Tell)
        {
            Assert.Equal(errand.Kind is ErrandKind.Leave ? NoticeOutcome.Departed : NoticeOutcome.NotDeparted, result.Outcome);
            _ = errand.Kind is ErrandKind.Leave ? _gone.Add(errand.Person) : _gone.Remove(errand.Person);
        }
    }

    /// <summary>The operator looks whether the token is listed, and asks again where the question is gone. What was answered with yes
    /// comes to stand without anybody.</summary>
    private async Task SeeToBlockAsync(Process process, string token)
    {
        if ((await process.ReadBlocklist.ReadAsync(default)).At(Company.Now).Any(e => e.Value == token))
        {
            _openBlocks.Remove(token);
            return;
        }

        var recorded = await process.Decisions.ReadAsync(default);
        var about = $"block/{BlockEntry.IdOf(BlockKind.Token, Rekey.Tests.Blocking.Entries.Issuer, token)}";
        var asked = Company
            .VerifiedLedger()
            .Where(l => l.Entry.Kind == LedgerKinds.DecisionAsked && l.Entry.About == about)
            .Select(l => l.Entry.Facts["decision"]);
        if (
            asked.Any(id =>
                recorded.Find(id) is { } d
                && (
                    d.StateAt(Company.Now) is DecisionState.Approved
                    || (
                        d.StateAt(Company.Now) is DecisionState.Pending
                        && Company.Decisions.Find("decision", id) is { } row
                        && recorded.IsAsked(id, row.PlanHash)
                    )
                )
            )
        )
        {
            return;
        }

        await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", token, issuedBefore: null, token, Operator, default);
        if (_script.Answer(DecisionKinds.Block, token) is not true)
        {
            // Nobody says yes: asked once is enough.
            _openBlocks.Remove(token);
        }
    }

    private async Task RunTimersAsync(Process process)
    {
        // ContinueRotations, then PublishTrust: one part that fails holds up no other.
        await TryAsync("departures", () => process.ResumeDepartures.RunAsync(default));
        await TryAsync("rotations", () => process.ResumeDueRotations.RunAsync(default));
        await TryAsync("by age", () => process.RotateByAge.RunAsync(default));
        await TryAsync("decisions", () => process.SettleDecisions.RunAsync(default));
        await TryAsync("vaults", () => process.TakeBaselines.RunAsync(default));
        await TryAsync("publish", () => process.Publish.PublishAsync(default));
        await TryAsync("tokens", () => Estate.Tokens.NewSweep(process).RunAsync(default));
        await TryAsync("access", () => Estate.Access.NewSweep(process).RunAsync(default));
        await TryAsync("blocks", () => process.CarryOutBlocks.RunAsync(default));
        await TryAsync("publish blocks", () => process.PublishBlocklist.PublishAsync(default));
    }

    private async Task DrainAsync(Process process)
    {
        foreach (var message in Company.Queues.Messages.Distinct().ToList())
        {
            var isOver = true;
            try
            {
                Task work =
                    message.Queue == "rotations"
                        ? process.Advance.AdvanceAsync(message.Id, default)
                        : process.Assess.AssessAsync(message.Id, default);
                await work;
            }
            catch (RetryLaterException)
            {
                isOver = false;
            }
            catch (CannotContinueException e)
            {
                Say($"  dead letter {message.Id}: {e.Reason}");
            }

            Company.Queues.Messages.RemoveAll(m => isOver && m == message);
        }
    }

    /// <summary>Approvers answer what they are shown, which is what the ledger has; others try to.</summary>
    private async Task AnswerAsync(Process process)
    {
        foreach (var row in Company.Decisions.All)
        {
            var recorded = await process.Decisions.ReadAsync(default);
            if (recorded.Find(row.Id) is not { } decision || decision.StateAt(Company.Now) is not DecisionState.Pending)
            {
                continue;
            }

            foreach (var other in _gone.Select(g => $"{g}").Concat(decision.Initiators))
            {
                await TryAsync("who may not answers", async () =>
                    Assert.NotNull(
                        (await process.Answer.AnswerAsync(new(row.Id, Approve: false, row.PlanHash, other, Reason: null), default)).Refusal
                    )
                );
            }

            var about = decision.Kind switch
            {
                DecisionKinds.Block => row.Statement.Split(' ')[^1],
                // A campaign's id is another one in every world.
                DecisionKinds.BlockTokens => "tokens",
                _ => decision.About,
            };
            if (_script.Answer(decision.Kind, about) is { } yes)
            {
                await TryAsync($"answer {decision.Kind} {decision.About} {yes}", () => AnswerAsync(process, row, about, yes));
            }
        }
    }

    private async Task AnswerAsync(Process process, Decision row, string about, bool yes)
    {
        Answers.Add((row.Id, yes));
        if (yes && about.StartsWith("jti-", StringComparison.Ordinal))
        {
            Blocked.Add(about);
        }

        await process.SayAsync(row, yes);
    }

    private async Task<bool> TryAsync(string what, Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            Say($"  {what}: {e.Message}");
            return false;
        }
    }
}
