using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.Rotations;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Tests.Detections;

/// <summary>What happened in three hours at two issuers, with a forger among the users, and the order in which the logs of it
/// arrive.</summary>
internal sealed class ArrivalWorld
{
    private const string Governed = "https://login.example";
    private const string Other = "https://partner.example";

    private readonly Watch _watch;
    private readonly Random _random;
    private readonly SweepParameters _parameters;
    private readonly List<MintedLine> _issued = [];
    private readonly List<SeenLine> _accessed = [];

    private ArrivalWorld(Watch watch, Random random, SweepParameters parameters) =>
        (_watch, _random, _parameters) = (watch, random, parameters);

    /// <summary>All lines, some of them twice, in no order.</summary>
    public IReadOnlyList<object> Arrivals { get; private set; } = [];

    public static async Task<ArrivalWorld> MakeAsync(Watch watch, Random random)
    {
        // A key whose trust ends in the middle: some honest tokens of it are used after that.
        var start = watch.Now;
        var old = watch.Kid;
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(90));
        var process = watch.Company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.DrainAsync();
        var windows = SweepWindows.Of(
            await process.TrustLedger.ReadAsync(default),
            watch.Company.GovernedKeys,
            watch.Company.Options.Trust
        );
        var world = new ArrivalWorld(watch, random, watch.Options.ToParameters(watch.Company.Options.Trust, windows.Windows));

        world.Honest(start, old);
        world.Odd(start.AddMinutes(100));
        world.Forged(start.AddMinutes(10), old);
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(120));
        object[] lines = [.. world._issued, .. world._accessed];
        object[] arrivals = [.. lines, .. lines.Where(_ => random.Next(8) == 0)];
        random.Shuffle(arrivals);
        world.Arrivals = arrivals;
        return world;
    }

    /// <summary>The rows of a verdict over everything that happened, by the definitions.</summary>
    public IReadOnlyList<Sighting> Truth(Verdict verdict) =>
        [
            .. Definitions
                .Judge(verdict is Verdict.VerifierLag ? "retired-key" : verdict.Code(), _accessed, _accessed, _issued, _parameters)
                .Where(s => s.Verdict == verdict),
        ];

    /// <summary>Issuers and kids that are not ours are one campaign each.</summary>
    public (bool, string?) CampaignOf(Sighting s) =>
        s.Token.Iss == Other ? (false, null) : (true, _parameters.Windows.Any(w => w.Kid == s.Token.Kid) ? s.Token.Kid : null);

    private void Honest(DateTimeOffset start, string old)
    {
        var sequences = new Dictionary<string, long>();
        foreach (var minute in Enumerable.Range(0, 30).Select(n => n * 6))
        {
            var iss = _random.Next(4) == 0 ? Other : Governed;
            var token = _watch.Token(
                $"person-{_random.Next(12)}",
                start.AddMinutes(minute),
                iss,
                kid: iss == Other ? "partner-key"
                    : minute < 90 ? old
                    : _watch.Kid
            );
            token = _random.Next(5) == 0 ? token with { SigningInputSha256 = null } : token;
            var instance = $"pod-{_random.Next(3)}";
            sequences[iss + instance] = sequences.GetValueOrDefault(iss + instance) + 1;
            _issued.Add(
                Watch.LineOf(token, instance, iss == Governed ? sequences[iss + instance] : null) with
                {
                    Hash = _random.Next(6) == 0 ? null : token.SigningInputSha256,
                }
            );
            Use(token, _random.Next(1, 4), _random.Next(1, 3));
        }
    }

    private void Odd(DateTimeOffset start)
    {
        for (var n = _random.Next(4); n > 0; n--)
        {
            var token = _watch.Token($"odd-{n}", start);
            _issued.Add(Watch.LineOf(token, "pod-odd"));
            switch (_random.Next(4))
            {
                case 0:
                    Use(token, 12, networks: 12);
                    break;
                case 1:
                    _accessed.Add(new(token.IssuedAt!.Value.AddMinutes(-_random.Next(6, 20)), token, Address(0)));
                    break;
                case 2:
                    Use(token with { Jti = null }, 2, networks: 1);
                    break;
                default:
                    Use(
                        token with
                        {
                            Sub = "somebody else",
                            SigningInputSha256 = _random.Next(2) == 0 ? null : StableId.HexOf("altered", $"{n}"),
                        },
                        2,
                        networks: 1
                    );
                    break;
            }
        }
    }

    private void Forged(DateTimeOffset start, string old)
    {
        for (var n = _random.Next(6); n > 0; n--)
        {
            var kid = _random.Next(4) switch
            {
                0 => "nobody's",
                1 => _watch.Kid,
                _ => old,
            };
            var token = _watch.Token(
                $"victim-{_random.Next(4)}",
                start.AddMinutes(_random.Next(160)),
                _random.Next(5) == 0 ? Other : Governed,
                kid
            );
            Use(token, _random.Next(1, 6), _random.Next(1, 5));
        }
    }

    private void Use(PresentedToken token, int times, int networks)
    {
        for (; times > 0; times--)
        {
            _accessed.Add(
                new(
                    token.IssuedAt!.Value.AddSeconds(_random.Next(1, 3600)),
                    token,
                    Address(networks == 12 ? times : _random.Next(networks))
                )
            );
        }
    }

    private string Address(int network) =>
        network % 3 == 2 ? $"2001:db8:{network}::{_random.Next(1, 3)}" : $"203.0.{network}.{_random.Next(1, 3)}";
}
