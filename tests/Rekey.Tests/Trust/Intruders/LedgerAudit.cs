using System.Globalization;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// Reads a world's ledger from the first line to the last, and compares each line with what was before it and with what really happened:
/// nothing is done without its cause on record, and nothing that stands there is false.
/// </summary>
internal sealed class LedgerAudit(IntrudedWorld world)
{
    private readonly Dictionary<string, List<(string Version, string Thumbprint)>> _trusted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Key, string Cause), string> _planned = [];
    private readonly HashSet<(string Key, string Cause)> _over = [];
    private readonly Dictionary<string, DateTimeOffset> _trustedAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Kind, DateTimeOffset ExpiresAt, string OnExpiry)> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _expired = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset At, string Key, string Thumbprint)> _stolen = [];
    private readonly Dictionary<string, bool> _confirmed = new(StringComparer.Ordinal);
    private int _requests;

    private Company Company => world.Company;

    /// <summary>Versions that were trusted when somebody who could have copied them was seen to have left: until when they were to be
    /// revoked, and when they were. And those with which an attacker forged enough tokens to prove it.</summary>
    public IEnumerable<(DateTimeOffset At, string Key, DateTimeOffset? RevokedAt)> Stolen =>
        _stolen.Concat(Proven).Select(s => (s.At, s.Key, RevokedAt(s.Thumbprint)));

    private IEnumerable<(DateTimeOffset At, string Key, string Thumbprint)> Proven =>
        Company.Options.Rotations.Mode is ResponseMode.Enforce ? world.Estate.Proven : [];

    public DateTimeOffset? RevokedAt(string thumbprint) => _revoked.TryGetValue(thumbprint, out var at) ? at : null;

    public LedgerAudit Read()
    {
        var lines = Company.VerifiedLedger();
        Assert.Equal(lines.Count, lines.DistinctBy(l => l.Entry.Id).Count());
        foreach (var line in lines)
        {
            Read(line);
        }

        var makes = Company.Vault.Calls.Count(c => c.StartsWith("rotate ", StringComparison.Ordinal));
        True(makes <= _requests, $"{makes} versions were asked for, {_requests} of them on record");
        return this;
    }

    private static void True(bool holds, string otherwise) => Assert.True(holds, otherwise);

    private void Read(LedgerLine line)
    {
        var (key, facts) = (line.Entry.About, line.Entry.Facts);
        switch (line.Entry.Kind)
        {
            case LedgerKinds.DepartureNoticed or LedgerKinds.DepartureSourceAdded:
                Told(line, facts);
                break;
            case LedgerKinds.DepartureAssessed:
                True(_confirmed.ContainsKey(key), $"{key} was assessed and never noticed");
                break;
            case LedgerKinds.DepartureSettled:
                Settled(key, facts["keys"].Split(' ', StringSplitOptions.RemoveEmptyEntries));
                break;
            case LedgerKinds.RotationPlanned:
                True(_planned.TryAdd((key, facts["cause"]), facts["decision"]), $"{facts["cause"]} was planned twice for {key}");
                True(
                    _confirmed.Keys.Any(d => IsOf(facts["cause"], d))
                        || facts["cause"].StartsWith("age/", StringComparison.Ordinal)
                        || IsForged(facts["cause"]),
                    $"{facts["cause"]} is nothing that happened"
                );
                break;
            case LedgerKinds.RotationAdmitted or LedgerKinds.RotationWidened:
                Admitted(line, facts);
                break;
            case LedgerKinds.RotationDeclined:
                var declined = facts["decision"];
                True(
                    _over.Add((key, facts["cause"]))
                        && !IsApproved(declined, line.At)
                        && (_answers.ContainsKey(declined) || line.At >= _asked[declined].ExpiresAt),
                    $"{facts["cause"]} was declined by nobody"
                );
                break;
            case LedgerKinds.RotationSuperseded:
                True(
                    _over.Add((key, facts["cause"]))
                        && TrustedOf(key)
                            .Where(v => !_revoked.ContainsKey(v.Thumbprint))
                            .All(v => _trustedAt[v.Thumbprint] > Time(facts["coveredUntil"])),
                    $"{facts["cause"]} was superseded while a version from before it is trusted"
                );
                break;
            case LedgerKinds.VersionRequested:
                True(
                    _running.TryGetValue(key, out var asking) && asking.Rotation == facts["rotation"],
                    $"{key} was rotated without a cause"
                );
                _requests++;
                break;
            case LedgerKinds.VersionTrusted:
                True(
                    facts["basis"].StartsWith("baseline/", StringComparison.Ordinal)
                        ? !_trusted.ContainsKey(key) || _requests == 0
                        : _running.ContainsKey(key) && Company.Vault.Made.Contains((key, facts["thumbprint"])),
                    $"{key} gained a version that is not Rekey's"
                );
                TrustedOf(key).Add((facts["version"], facts["thumbprint"]));
                _trustedAt.TryAdd(facts["thumbprint"], line.At);
                break;
            case LedgerKinds.TrustEnded:
                True(
                    _running.ContainsKey(key)
                        && Company.Vault.VersionsOf(KeyOf(key)).Any(v => v.Public.PublicKey.Thumbprint == facts["thumbprint"]),
                    $"{key} lost {facts["thumbprint"]} without a cause"
                );
                _revoked.TryAdd(facts["thumbprint"], line.At);
                break;
            case LedgerKinds.SigningStopped:
                True(_running.ContainsKey(key), $"{key} was stopped without a cause");
                break;
            case LedgerKinds.RotationVerified:
                Verified(key, facts);
                break;
            case LedgerKinds.GrantRemoving:
                True(
                    world.Estate.Removable.Contains(facts["grant"])
                        && (
                            facts["because"] == "enforce"
                                ? Company.Options.Rotations.Mode is ResponseMode.Enforce
                                : IsApproved(facts["because"], line.At)
                        ),
                    $"{facts["grant"]} was to be removed because of {facts["because"]}"
                );
                break;
            case LedgerKinds.GrantRemoved:
                True(world.Estate.Access.Azure.Removed.Contains(facts["grant"]), $"{facts["grant"]} was not removed");
                break;
            case LedgerKinds.DecisionAsked:
                _asked.TryAdd(facts["decision"], (facts["kind"], Time(facts["expiresAt"]), facts["onExpiry"]));
                break;
            case LedgerKinds.DecisionAnswered:
                Answered(line, facts);
                break;
            case LedgerKinds.DecisionExpired:
                var (decision, question) = (facts["decision"], _asked[facts["decision"]]);
                True(
                    line.At >= question.ExpiresAt
                        && !_answers.ContainsKey(decision)
                        && _expired.Add(decision)
                        && facts["outcome"] == (question.OnExpiry == nameof(OnExpiry.CarryOut) ? "carried-out" : "lapsed"),
                    $"{decision} did not expire"
                );
                break;
        }
    }

    /// <summary>Tokens of this version were forged.</summary>
    private bool IsForged(string cause) =>
        cause.StartsWith("forgery", StringComparison.Ordinal)
        && world.Estate.Forged.Exists(f => cause.EndsWith($"/{f.Token.Kid}", StringComparison.Ordinal));

    private void Told(LedgerLine line, IReadOnlyDictionary<string, string> facts)
    {
        True(world.Tellings.Contains((facts["source"], facts["eventId"])), $"Nobody told {facts["eventId"]}");
        var isNews = facts["confirmed"] == "yes" && !_confirmed.GetValueOrDefault(line.Entry.About);
        _confirmed[line.Entry.About] = facts["confirmed"] == "yes";
        if (isNews && Company.Options.Rotations.Mode is ResponseMode.Enforce)
        {
            foreach (var key in Company.Options.ToCustodians().Where(c => c.Value.Contains(facts["person"])).Select(c => c.Key))
            {
                _stolen.AddRange(TrustedOf(key).Where(v => !_revoked.ContainsKey(v.Thumbprint)).Select(v => (line.At, key, v.Thumbprint)));
            }
        }
    }

    private void Admitted(LedgerLine line, IReadOnlyDictionary<string, string> facts)
    {
        var (key, cause) = (line.Entry.About, facts["cause"]);
        True(_planned.TryGetValue((key, cause), out var decision), $"{cause} was admitted for {key} and not planned");
        True(decision == "" || IsApproved(decision!, line.At), $"{cause} was admitted for {key} and not approved");
        True(_over.Add((key, cause)), $"{cause} was admitted twice for {key}");
        var trusted = TrustedOf(key).Where(v => !_revoked.ContainsKey(v.Thumbprint));
        _running[key] =
            line.Entry.Kind == LedgerKinds.RotationAdmitted
                ? new(facts["rotation"], [.. trusted], [cause])
                : _running[key] with
                {
                    Causes = [.. _running[key].Causes, cause],
                };
    }

    private void Verified(string key, IReadOnlyDictionary<string, string> facts)
    {
        True(
            _running.Remove(key, out var running) && running.Rotation == facts["rotation"],
            $"{facts["rotation"]} was verified and did not run"
        );
        var left = TrustedOf(key).Where(v => !_revoked.ContainsKey(v.Thumbprint)).ToList();
        True(
            left.Count == 1 && left[0].Version == facts["newVersion"] && !running!.Trusted.Contains(left[0]),
            $"{facts["rotation"]} was verified while {string.Join(' ', left)} are trusted, of which "
                + $"{string.Join(' ', running!.Trusted)} were before"
        );
    }

    private void Settled(string departure, IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            True(_planned.Keys.Any(p => p.Key == key && IsOf(p.Cause, departure)), $"{departure} was settled without a plan for {key}");
            var latest = _planned.Keys.Where(p => p.Key == key && IsOf(p.Cause, departure)).MaxBy(p => p.Cause.Length);
            True(
                _over.Contains(latest) && (!_running.TryGetValue(key, out var running) || !running.Causes.Contains(latest.Cause)),
                $"{departure} was settled before {key} was rotated"
            );
        }
    }

    private void Answered(LedgerLine line, IReadOnlyDictionary<string, string> facts)
    {
        var yes = facts["answer"] == nameof(DecisionState.Approved);
        True(
            facts["by"] == Company.Approver
                && (world.Answers.Contains((facts["decision"], yes)) || facts["kind"] == DecisionKinds.Baseline),
            $"Nobody answered {facts["decision"]}"
        );
        if (line.At < _asked[facts["decision"]].ExpiresAt)
        {
            _answers.TryAdd(facts["decision"], facts["answer"]);
        }
    }

    private bool IsApproved(string decision, DateTimeOffset at) =>
        _answers.TryGetValue(decision, out var answer)
            ? answer == nameof(DecisionState.Approved)
            : at >= _asked[decision].ExpiresAt && _asked[decision].OnExpiry == nameof(OnExpiry.CarryOut);

    private List<(string Version, string Thumbprint)> TrustedOf(string key)
    {
        if (!_trusted.TryGetValue(key, out var all))
        {
            _trusted[key] = all = [];
        }

        return all;
    }

    private Rekey.Trust.SigningKey KeyOf(string id) => Company.GovernedKeys.Find(id).Key;

    private static bool IsOf(string cause, string departure) =>
        cause == departure || cause.StartsWith($"{departure}/", StringComparison.Ordinal);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <param name="Trusted">What was trusted when the rotation began.</param>
    private sealed record Running(
        string Rotation,
        IReadOnlyList<(string Version, string Thumbprint)> Trusted,
        IReadOnlyList<string> Causes
    );
}
