using Rekey.Blocking;
using Rekey.Configuration;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Responses;
using Rekey.Detections.Sweeps;
using Rekey.Detections.Sweeps.Steps;
using Rekey.Findings;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Detections.Logs;

/// <summary>A company that watches its tokens: the logs, the stores of the sweeps, and tokens to put into them.</summary>
public sealed class Watch
{
    private const string SilentIssuer = "silent-issuer";

    /// <summary>As their files say: what may be blocked unasked, and what is asked about, is theirs to say.</summary>
    private static readonly IReadOnlyList<Detection> Build = DetectionCatalog.Load();

    private readonly Func<Process, IBlocklist> _blocklist;
    private int _tokens;

    /// <param name="blocklist">A process's way to the blocklist; null for a blocklist in memory.</param>
    public Watch(Company company, Func<Process, IBlocklist>? blocklist = null)
    {
        (Company, Logs) = (company, new(company.Clock));
        _blocklist = blocklist ?? (process => BlocklistOf(process.Fate));
        States = new(company.Blobs, company.Clock, SweepState.Name);
        Campaigns = new(company.Blobs, company.Clock, TokenCampaign.All);
        Gaps = new(company.Blobs, company.Clock, InstanceGaps.All);
        Chunks = new(new(company.Blobs, company.Clock, "recordhash"), company.Blobs, company.Clock);
    }

    public Company Company { get; }

    public TokenLogs Logs { get; }

    public Blocks Blocks { get; } = new();

    public LedgerTable<SweepState> States { get; }

    public LedgerTable<TokenCampaign> Campaigns { get; }

    public HashedTable<TokenChunk> Chunks { get; }

    public LedgerTable<InstanceGaps> Gaps { get; }

    /// <summary>The detections of this build.</summary>
    public List<Detection> Detections { get; } = [.. Build.Where(d => d.Id != SilentIssuer)];

    public DateTimeOffset Now => Company.Now;

    public SweepOptions Options => Company.Options.Sweeps;

    /// <summary>The kid that the first key signs with.</summary>
    public string Kid => Company.TrustList.Keys.First(k => k.KeyId == Company.Key.Id && k.Current).Kid;

    /// <summary>Blocks and rotates by itself, unless told otherwise.</summary>
    public static async Task<Watch> StartAsync(Action<RekeyOptions>? configure = null, int keys = 1) =>
        new(await Company.WithBaselineAsync(keys, o =>
            {
                o.Sweeps.Mode = ResponseMode.Enforce;
                configure?.Invoke(o);
            }));

    /// <summary>Looks for issuers that log nothing at all, too. Most tests have an issuer that issues nothing, and are not about
    /// that.</summary>
    public Watch WatchingIssuers()
    {
        Detections.Add(Build.Single(d => d.Id == SilentIssuer));
        return this;
    }

    /// <summary>What is known of issuances says whether a version still signs.</summary>
    public Watch BelievingIssuances()
    {
        Company.SigningOf = process => new LoggedIssuances(
            new MemoryTokenLog(Logs, Company.Clock, process.Fate),
            Gaps.For(process.Ledger, process.Reader, process.Fate),
            process.TrustLedger,
            Company.GovernedKeys,
            Company.Options.Rotations,
            Options,
            Company.Clock
        );
        return this;
    }

    /// <summary>One process with its own way to everything.</summary>
    public SweepTokens NewSweep(Fate? fate = null) => NewSweep(Company.NewProcess(fate ?? Fate.Immortal));

    /// <summary>The sweep of a process.</summary>
    public SweepTokens NewSweep(Process process)
    {
        var (options, trust, clock) = (Options, Company.Options.Trust, Company.Clock);
        var log = new MemoryTokenLog(Logs, clock, process.Fate);
        var findings = Company.Findings.For(process.Fate);
        var (ledger, reader) = (process.Ledger, process.Reader);
        var campaigns = Campaigns.For(ledger, reader, process.Fate);
        var chunks = new KeptTokens(Chunks.For(ledger, reader, process.Fate), campaigns, log, findings, clock);
        var record = new RecordSightings(campaigns, chunks, options);
        var stopped = process.KillSwitch;
        var blocks = new TokenBlocks(Company.Options.Blocking, trust);
        var settle = new SettleCampaign(
            campaigns,
            chunks,
            new(log, record, options, trust, clock),
            new(process.Plan, stopped, Company.Options.Rotations, campaigns, clock),
            new(
                _blocklist(process),
                new(process.Ask, campaigns, options, Company.Options.Decisions, blocks, clock),
                new(campaigns, chunks, blocks),
                stopped,
                options,
                blocks,
                clock
            ),
            new(findings, blocks, options, clock),
            options,
            clock
        );
        var gaps = new WatchGaps(log, Gaps.For(ledger, reader, process.Fate), findings, options, trust, clock);
        var contexts = new SweepContexts(Detections, process.TrustLedger, Company.GovernedKeys, gaps, options, trust);
        return new(
            log,
            States.For(ledger, reader, process.Fate),
            process.Runs,
            new(log, contexts, gaps, record, settle, findings, clock),
            new(campaigns, settle, contexts, clock),
            options,
            clock
        );
    }

    /// <summary>What somebody does who can write to the state account, and wants nothing to be left.</summary>
    public void DeleteTables()
    {
        States.Rows.Clear();
        Campaigns.Rows.Clear();
        Gaps.Rows.Clear();
        Chunks.Rows.Clear();
        Company.Rotations.Rows.Clear();
        Company.People.Rows.Clear();
        Company.Departures.Rows.Clear();
        Company.Decisions.Clear();
        Company.Queues.Messages.Clear();
    }

    public MemoryBlocklist BlocklistOf(Fate fate) => new(Blocks, Company.Clock, fate);

    public Task<SweepReport> SweepAsync(Fate? fate = null) => NewSweep(fate).RunAsync(default);

    public async Task<SweepReport> SweepAfterAsync(TimeSpan time)
    {
        Company.Clock.Advance(time);
        return await SweepAsync();
    }

    /// <summary>Ids of tokens that stand under a verdict and are neither held nor withdrawn.</summary>
    public IReadOnlySet<string> Raised(Verdict verdict) =>
        TokensOf(verdict).Where(t => t.Standing is TokenStanding.Raised).Select(t => t.Token.Id).ToHashSet();

    public IEnumerable<TrackedToken> TokensOf(Verdict verdict) =>
        Chunks.In(Campaigns.All.Where(c => c.Verdict == verdict).Select(c => c.Id)).SelectMany(c => c.Tokens);

    /// <summary>The shares of all campaigns.</summary>
    public IReadOnlyList<TokenChunk> AllChunks => Chunks.In(Campaigns.All.Select(c => c.Id));

    public Finding? Finding(string kind) => Company.Findings.Open.SingleOrDefault(f => f.Kind == kind);

    /// <summary>A token as a gateway sees it; the signature is the first key's, and was verified.</summary>
    public PresentedToken Token(
        string? sub = null,
        DateTimeOffset? at = null,
        string iss = "https://login.example",
        string? kid = null,
        bool? verified = true,
        string? thumbprint = null
    )
    {
        var n = ++_tokens;
        var iat = DateTimeOffset.FromUnixTimeSeconds((at ?? Now).ToUnixTimeSeconds());
        return new(
            iss,
            $"jti-{n}",
            kid ?? Kid,
            sub ?? $"sub-{n}",
            "shop",
            iat,
            iat.AddHours(1),
            StableId.HexOf("input", $"{n}"),
            verified is true ? thumbprint ?? Kid : thumbprint,
            verified
        );
    }

    public SeenLine Use(PresentedToken token, string address = "203.0.113.9", TimeSpan? after = null)
    {
        var line = new SeenLine(token.IssuedAt!.Value + (after ?? TimeSpan.FromMinutes(1)), token, address);
        Logs.Arrive(line);
        return line;
    }

    public MintedLine Issue(PresentedToken token, string? instance = null, long? sequence = null)
    {
        var line = LineOf(token, instance, sequence);
        Logs.Arrive(line);
        return line;
    }

    public static MintedLine LineOf(PresentedToken t, string? instance = null, long? sequence = null) =>
        new(t.IssuedAt!.Value, t.Iss, t.Jti!, t.Kid, t.Sub, t.Aud, t.IssuedAt, t.ExpiresAt, t.SigningInputSha256, instance, sequence);

    /// <summary>Tokens that nobody issued, each used once from an address of its own.</summary>
    public List<PresentedToken> Forge(int count, bool? verified = true)
    {
        var forged = Enumerable.Range(0, count).Select(n => Token(verified: verified)).ToList();
        for (var n = 0; n < count; n++)
        {
            Use(forged[n], $"10.{n / 65536 % 256}.{n / 256 % 256}.{n % 256}");
        }

        return forged;
    }
}
