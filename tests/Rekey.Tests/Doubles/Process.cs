using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures;
using Rekey.Departures.Cancelling;
using Rekey.Departures.CuttingOff;
using Rekey.Departures.Directory;
using Rekey.Departures.Reading;
using Rekey.Departures.Reconciling;
using Rekey.Exposures;
using Rekey.Exposures.LookingAgain;
using Rekey.Exposures.Watching;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Rotations;
using Rekey.Rotations.Baselines;
using Rekey.Rotations.Outcomes;
using Rekey.Rotations.Planning;
using Rekey.Rotations.Steps;
using Rekey.Rotations.Steps.Draining;
using Rekey.Rotations.Tokens;
using Rekey.Stopping;
using Rekey.Tests.Doubles.Accounts;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Queues;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;
using Rekey.Watchdogs;

namespace Rekey.Tests.Doubles;

/// <summary>One process: its own objects over the company's stores.</summary>
public sealed class Process
{
    private readonly Company _company;

    /// <param name="ahead">How much this process's clock is ahead of the company's.</param>
    public Process(Company company, Fate fate, TimeSpan ahead = default)
    {
        _company = company;
        Fate = fate;
        var (options, governedKeys) = (company.Options, company.GovernedKeys);
        var clock = ahead == default ? (TimeProvider)company.Clock : new ClockAhead(company.Clock, ahead);
        var decisions = new MemoryRecords<Decision>(company.Decisions, fate);
        var queue = new MemoryQueue(company.Queues, fate);
        var findings = company.Findings.For(fate);
        var vault = new VaultClient(company.Vault, fate);
        Segments = new(company.Blobs, fate);
        Ledger = new SegmentedLedger(Segments, options.Ledger, clock);
        Snapshots = new(company.Snapshots, Ledger, company.Signer, governedKeys);
        Reader = new(Ledger, open: null, Snapshots);
        Rotations = company.Rotations.For(Ledger, Reader, fate);
        var people = company.People.For(Ledger, Reader, fate);
        var departures = company.Departures.For(Ledger, Reader, fate);
        TrustLedger = new(Ledger, Reader);
        var recorded = new RotationLedger(Reader);
        var onRecord = Decisions = new(Ledger, Reader);
        Stops = new(Ledger, Reader, onRecord);
        KillSwitch = new(options.Stopped, Stops);
        var hints = new RotationHints(options.Rotations, options.Trust, options.Decisions, clock);
        var waiting = new WaitingQuestions(onRecord, findings, clock);
        Ask = new(decisions, onRecord, waiting, options.Decisions, clock);
        var published = new MemoryDocuments(company.Container, fate);
        SeenLedger = new(Ledger, TrustLedger, options.Decisions, clock);
        var signTrustList = new SignTrustList(company.Signer, governedKeys, options.Trust, clock);
        AcceptLedger = new(SeenLedger, TrustLedger, onRecord, Ask, published, signTrustList, vault, governedKeys);
        Publish = new(
            TrustLedger,
            new(governedKeys, vault, findings, options.Trust, clock),
            published,
            signTrustList,
            AcceptLedger,
            findings,
            clock
        );
        var stick = new MarkRotationStuck(findings, options.Rotations, clock);
        var stop = new StopSigning(vault, TrustLedger, Publish, clock);
        var use = new OldVersionUse(company.SigningOf(this), TrustLedger, options.Rotations, options.Trust);
        var tokens = new TokensOfKeys(company.LiveTokensOf(this), TrustLedger, governedKeys, clock);
        EndedTokens = new(recorded, tokens, findings, options.Trust, clock);
        ObservedResponses = new(recorded, tokens, findings, clock);
        var end = new EndTrust(TrustLedger, Publish, EndedTokens, findings, clock);
        var steps = new RotationSteps(
            new(vault, vault, TrustLedger, options.Rotations, clock),
            new(TrustLedger, Publish, findings, options.Rotations, options.Trust, clock),
            new(
                new(use, stop, Publish, Ask, stick, options.Rotations, clock),
                stop,
                end,
                new(TrustLedger, governedKeys, Ask, stop, end, stick, clock)
            ),
            new(
                new(vault, TrustLedger, Ledger, findings, clock),
                new(company.Address, governedKeys, TrustLedger, Publish, findings, stick, options.Rotations, clock),
                TrustLedger,
                findings,
                options.Trust,
                clock
            ),
            new(vault, TrustLedger, Publish, Ledger, findings, clock),
            stick
        );
        Advance = new(
            new(Rotations, hints, options.Rotations, clock),
            new RotationQuestions(onRecord, TrustLedger),
            steps,
            governedKeys,
            KillSwitch,
            options.Rotations,
            options.Trust,
            clock
        );
        Plan = new(Rotations, Ask, Ledger, queue, clock);
        var brake = new ReadBrake(Rotations, governedKeys, clock);
        TakeBaselines = new(vault, TrustLedger, Rotations, governedKeys, Ask, Publish, findings, clock);
        RotateByAge = new(TrustLedger, Rotations, onRecord, governedKeys, Plan, brake, options.Rotations, clock);
        ResumeDueRotations = new(Rotations, onRecord, hints, queue, governedKeys, clock);
        var standing = new DepartedActors(people, departures, Company.Tenant);
        Answer = new(decisions, standing, onRecord, clock);
        Cancel = new(Rotations, departures, onRecord, standing, queue, clock);
        StopAndStart = new(Stops, KillSwitch, onRecord, Ask, standing, findings, clock);
        Notice = new(company.Directory, people, departures, queue, clock);
        FindExposures = company.FindExposuresOf(this, vault);
        Runs = new(Ledger, Reader, clock);
        CutOffPeople = new(departures, people);
        var cutOffQuestions = new CutOffQuestions(Ask, onRecord, company.AddedCredentials);
        CutOff = new(
            new(
                company.SessionsFor(fate),
                company.SweepOf(this),
                cutOffQuestions,
                company.Directory,
                departures,
                findings,
                options.Rotations,
                clock
            ),
            cutOffQuestions,
            departures,
            Ledger,
            findings,
            KillSwitch,
            clock
        );
        var chooseMode = new ChooseResponseMode(departures, brake, governedKeys, options.Departures, options.Rotations, clock);
        Assess = new(
            departures,
            new(FindExposures, findings, governedKeys, clock),
            chooseMode,
            CutOff,
            new(Plan, governedKeys, options.Exposures),
            options.Rotations,
            clock
        );
        var keep = new KeepAccounts(
            new LedgerRecords<ReconciledAccounts>(Ledger, Reader, rows: null),
            new MemoryAccountSnapshots(company.AccountFiles, fate),
            findings,
            options.Departures,
            clock
        );
        var readChanged = new ReadChangedAccounts(company.Directory, Notice, options.Departures);
        Reconcile = new(
            keep,
            new(company.IsAudited ? [company.Accounts] : [], new(Notice, people, departures, queue, options.Departures, clock), clock),
            new(company.Accounts, new(people, departures, options.Departures), readChanged, keep, clock),
            new(new ExposedPeople(FindExposures, TrustLedger), readChanged, people, departures, options.Departures, clock),
            new(people, departures, findings, clock),
            Runs,
            clock
        );
        LookAgain = new(
            departures,
            people,
            new(company.AuditLog, governedKeys, options.Departures, options.Rotations, clock),
            new(Plan, chooseMode, governedKeys, findings, options.Departures, clock),
            options.Departures,
            options.Rotations,
            clock
        );
        var watchLogs = new WatchLogs(company.AuditLog, findings, clock);
        EndWatch = new(departures, company.Remains(), watchLogs, Ask, onRecord, options.Departures, clock);
        Watch = new(
            departures,
            watchLogs,
            new(people, new(company.AuditLog!, governedKeys, options.Exposures, clock), watchLogs, options.Departures),
            new(
                departures,
                findings,
                Ask,
                new(departures, Plan, chooseMode, governedKeys, KillSwitch),
                governedKeys,
                options.Departures,
                options.Rotations,
                clock
            ),
            EndWatch,
            Runs,
            clock
        );
        ResumeDepartures = new(departures, Rotations, recorded, Ask, queue, governedKeys, clock);
        ReadDeparture = new(departures, recorded);
        ReadQuestion = new(
            recorded,
            Rotations,
            departures,
            company.Directory,
            governedKeys,
            TrustLedger,
            company.LiveTokensOf(this),
            clock
        );

        Watchdog = new(
            new(departures, Rotations, TrustLedger, options.ToCustodians(), governedKeys, hints),
            onRecord,
            new(Reader),
            Runs,
            company.RegularRuns,
            findings,
            clock
        );

        var documents = new MemoryDocuments(company.Container, fate);
        var blockLedger = new BlockLedger(Ledger, Reader);
        var blockFiles = new MemoryBlockFiles(company.BlockFiles, fate);
        var proposals = new BlockProposals(blockFiles);
        ReadBlocklist = new(blockLedger, blockFiles, documents, findings, clock);
        var signBlocklist = new SignBlocklist(company.Signer, governedKeys, options.Trust, clock);
        AskToAcceptForBlocklist = new(SeenLedger, TrustLedger, blockLedger, documents, signBlocklist, Ask, clock);
        PublishBlocklist = new(
            ReadBlocklist,
            blockLedger,
            documents,
            signBlocklist,
            new(SeenLedger, TrustLedger, blockLedger, ReadBlocklist, blockFiles, onRecord, clock),
            TrustLedger,
            findings,
            clock
        );
        Blocklist = new ChangeBlocklist(ReadBlocklist, blockFiles, blockLedger, PublishBlocklist, governedKeys, clock);
        DropSuperfluousBlocks = new(ReadBlocklist, Blocklist, clock);
        ProposeBlock = new(proposals, Ask, onRecord, ReadBlocklist, governedKeys, options.Trust, options.Decisions, clock);
        CarryOutBlocks = new(proposals, Blocklist, onRecord, findings, KillSwitch, clock);
        SettleDecisions = new(
            decisions,
            onRecord,
            [
                TakeBaselines,
                ResumeDueRotations,
                CarryOutBlocks,
                Publish,
                PublishBlocklist,
                StopAndStart,
                CutOff,
                EndWatch,
                .. company.DecisionHandlers.Select(h => h(this)),
            ],
            waiting,
            findings,
            clock
        );
    }

    public Fate Fate { get; }

    public MemorySegments Segments { get; }

    public SegmentedLedger Ledger { get; }

    public LedgerReader Reader { get; }

    public SignedSnapshots Snapshots { get; }

    public TrustLedger TrustLedger { get; }

    public ILedgerRecords<Rotation> Rotations { get; }

    public DecisionLedger Decisions { get; }

    public StopLedger Stops { get; }

    public KillSwitch KillSwitch { get; }

    public StopAndStart StopAndStart { get; }

    public CancelRotation Cancel { get; }

    public AskForDecision Ask { get; }

    public AcceptLedger AcceptLedger { get; }

    public SeenLedger SeenLedger { get; }

    public AskToAcceptForBlocklist AskToAcceptForBlocklist { get; }

    public PublishTrust Publish { get; }

    public AdvanceRotation Advance { get; }

    public PlanRotation Plan { get; }

    public TakeBaselines TakeBaselines { get; }

    public RotateByAge RotateByAge { get; }

    public ResumeDueRotations ResumeDueRotations { get; }

    public SettleDecisions SettleDecisions { get; }

    public EndedTokens EndedTokens { get; }

    public ObservedResponses ObservedResponses { get; }

    public AnswerDecision Answer { get; }

    public RecordDeparture Notice { get; }

    public FindExposures FindExposures { get; }

    public CutOffPeople CutOffPeople { get; }

    public CutOffPerson CutOff { get; }

    public AssessExposure Assess { get; }

    public ReconcileDepartures Reconcile { get; }

    public LookAgain LookAgain { get; }

    public EndWatch EndWatch { get; }

    public WatchDeparted Watch { get; }

    public ResumeDepartures ResumeDepartures { get; }

    public RunLedger Runs { get; }

    public ReadDeparture ReadDeparture { get; }

    public ReadQuestion ReadQuestion { get; }

    public Watchdog Watchdog { get; }

    public ReadBlocklist ReadBlocklist { get; }

    public IBlocklist Blocklist { get; }

    public PublishBlocklist PublishBlocklist { get; }

    public DropSuperfluousBlocks DropSuperfluousBlocks { get; }

    public ProposeBlock ProposeBlock { get; }

    public CarryOutBlocks CarryOutBlocks { get; }

    /// <summary>An approver onRecord, and the answer is carried out.</summary>
    public async Task<AnswerOutcome> SayAsync(Decision decision, bool approve, string by = Company.Approver)
    {
        var outcome = await Answer.AnswerAsync(new(decision.Id, approve, decision.PlanHash, by, Reason: null), default);
        if (outcome.Refusal is null)
        {
            await SettleDecisions.CarryOutAsync(outcome.Decision!, default);
        }

        return outcome;
    }

    /// <summary>The directory closes the account and Entra's event arrives.</summary>
    public Task<NoticeResult> LeavesAsync(
        Guid person,
        bool hostile = false,
        string source = "UserChanged",
        string eventId = "event-1",
        PersonStanding standing = PersonStanding.Disabled
    )
    {
        _company.Directory[person] = standing;
        return Notice.NoticeAsync(
            new(
                Company.Tenant,
                person,
                new(source, eventId, _company.Now, Reporter: null),
                IsObservation: source == "UserChanged",
                hostile
            ),
            default
        );
    }

    /// <summary>Orders a rotation of the first key.</summary>
    public Task OrderAsync(
        string cause,
        Urgency urgency,
        ResponseMode mode = ResponseMode.Enforce,
        OnExpiry onExpiry = OnExpiry.Lapse,
        DateTimeOffset? coveredUntil = null
    ) =>
        Plan.PlanAsync(
            new(_company.Key, cause, urgency, coveredUntil ?? _company.Now, $"Because of {cause}.", [$"{Company.Leaver}"], onExpiry),
            mode,
            default
        );

    /// <summary>Takes the first key's rotation as far as it can go.</summary>
    public Task<RotationProgress?> GoAsync() => Advance.AdvanceAsync(_company.Key.Id, default);

    /// <summary>Handles every message. One whose handler fails stays in the queue.</summary>
    public async Task DrainAsync()
    {
        foreach (var message in _company.Queues.Messages.Distinct().ToList())
        {
            try
            {
                Task work =
                    message.Queue == "rotations" ? Advance.AdvanceAsync(message.Id, default) : Assess.AssessAsync(message.Id, default);
                await work;
                _company.Queues.Messages.RemoveAll(m => m == message);
            }
            catch (RetryLaterException)
            {
                // It becomes visible again.
            }
        }
    }

    /// <summary>What the timers do.</summary>
    public async Task RunTimersAsync()
    {
        await ResumeDepartures.RunAsync(default);
        await ResumeDueRotations.RunAsync(default);
        await CutOff.RunAsync(default);
        await EndedTokens.CloseAsync(default);
        await Publish.PublishAsync(default);
    }

    /// <summary>Works on, with the clock running, until nothing is left to do.</summary>
    public async Task WorkAsync(TimeSpan? atMost = null)
    {
        var end = _company.Now + (atMost ?? TimeSpan.FromHours(6));
        while (true)
        {
            await RunTimersAsync();
            await DrainAsync();
            var busy =
                _company.Queues.Messages.Count > 0
                || _company.Rotations.All.Any(r => r.IsActive)
                || _company.Departures.All.Any(d => d.SettledAt is null);
            if (!busy || _company.Now >= end)
            {
                return;
            }

            // On to the next thing that is due, as if somebody had waited for it.
            var next = _company.Rotations.All.Where(r => r.IsActive).Min(r => r.NextStepAt);
            var pause = _company.Queues.Messages.Count == 0 && next > _company.Now ? next.Value - _company.Now : TimeSpan.FromSeconds(20);
            pause = pause < _company.Options.Rotations.Lease ? _company.Options.Rotations.Lease : pause;
            _company.Clock.Advance(pause < end - _company.Now ? pause : end - _company.Now);
        }
    }
}
