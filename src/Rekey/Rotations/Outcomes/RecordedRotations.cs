using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Trust;

namespace Rekey.Rotations.Outcomes;

/// <summary>
/// Every rotation of every key, with the outcome of every cause. A key's record only has its present rotation; here the earlier ones stay
/// as they ended.
/// </summary>
public sealed class RecordedRotations
{
    public static readonly RecordedRotations None = new(ImmutableSortedDictionary.Create<string, OneKey>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, OneKey> _keys;

    private RecordedRotations(ImmutableSortedDictionary<string, OneKey> keys) => _keys = keys;

    /// <summary>Every rotation that has begun, of every key. One that only waits for an answer has not.</summary>
    public IEnumerable<Rotation> All => _keys.Values.SelectMany(k => k.Rotations.Values).Where(HasBegun);

    /// <summary>The rotation with this <see cref="Rotation.RouteId"/>; null when there is none that has begun.</summary>
    public Rotation? FindRotation(string routeId)
    {
        var end = Math.Max(0, routeId.LastIndexOf('~'));
        return _keys.GetValueOrDefault(routeId[..end])?.Rotations.Values.FirstOrDefault(r => r.RouteId == routeId && HasBegun(r));
    }

    /// <summary>The requests that a rotation carries out, or has carried out.</summary>
    public IEnumerable<RecordedCause> CausesOf(Rotation rotation) =>
        _keys.GetValueOrDefault(rotation.Key.Row)?.Causes.Values.Where(c => c.RotationNumber == rotation.Number) ?? [];

    /// <summary>The request for this key and cause; null when there was none.</summary>
    public RecordedCause? Find(string keyId, string cause) =>
        _keys.GetValueOrDefault(SigningKey.RowOf(keyId))?.Causes.GetValueOrDefault(cause);

    /// <summary>The request for this key that waits, or waited, for this decision; null when there is none.</summary>
    public RecordedCause? OfDecision(string keyId, string decisionId) =>
        _keys
            .GetValueOrDefault(SigningKey.RowOf(keyId))
            ?.Causes.Values.FirstOrDefault(c => string.Equals(c.DecisionId, decisionId, StringComparison.Ordinal));

    /// <summary>All requests for this cause, one a key.</summary>
    public IEnumerable<RecordedCause> Of(string cause) =>
        _keys.Values.Select(k => k.Causes.GetValueOrDefault(cause)).OfType<RecordedCause>();

    /// <summary>The rotation that carries the request out, without later ones; null when there is none.</summary>
    public Rotation? RotationOf(RecordedCause cause) => cause.RotationNumber is { } number ? Find(cause.KeyId, number) : null;

    /// <summary>All requests that Rekey only observed.</summary>
    public IEnumerable<RecordedCause> Observed =>
        _keys.Values.SelectMany(k => k.Causes.Values).Where(c => c.Outcome is RotationOutcome.Observed);

    /// <summary>The rotation of this key with this number; null when there is none.</summary>
    public Rotation? Find(string keyId, int number) =>
        _keys.GetValueOrDefault(SigningKey.RowOf(keyId))?.Rotations.GetValueOrDefault(number);

    /// <summary>The state after a line of the ledger.</summary>
    public RecordedRotations With(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        if (line.Entry.Kind is LedgerKinds.RotationObserved)
        {
            var row = SigningKey.RowOf(line.Entry.About);
            var key = _keys.GetValueOrDefault(row) ?? OneKey.None;
            return key.Causes.ContainsKey(facts["cause"])
                ? this
                : new(
                    _keys.SetItem(row, key.With(Requested(line) with { Outcome = RotationOutcome.Observed, Why = OutcomeReasons.Observes }))
                );
        }

        return
            facts.GetValueOrDefault(RecordChange.Record)?.Split('/', 3) is [Rotation.Live, Rotation.Live, var name]
            && !facts.ContainsKey("removed")
            ? new(_keys.SetItem(name, Changed(_keys.GetValueOrDefault(name) ?? OneKey.None, line)))
            : this;
    }

    /// <summary>Saves the view in a snapshot.</summary>
    public JsonNode Save() =>
        JsonSerializer.SerializeToNode(
            _keys.ToDictionary(
                k => k.Key,
                k => new SavedKey(k.Value.Record, [.. k.Value.Rotations.Values], [.. k.Value.Causes.Values]),
                StringComparer.Ordinal
            ),
            RecordJson.Options
        )!;

    /// <summary>Loads the view from a snapshot.</summary>
    public static RecordedRotations Load(JsonElement saved) =>
        new(
            saved
                .Deserialize<Dictionary<string, SavedKey>>(RecordJson.Options)!
                .ToImmutableSortedDictionary(
                    k => k.Key,
                    k => new OneKey(
                        k.Value.Record,
                        k.Value.Rotations.ToImmutableSortedDictionary(r => r.Number, r => r),
                        k.Value.Causes.ToImmutableDictionary(c => c.Cause, c => c, StringComparer.Ordinal)
                    ),
                    StringComparer.Ordinal
                )
        );

    private static bool HasBegun(Rotation rotation) => rotation.Causes.Count > 0;

    private static OneKey Changed(OneKey key, LedgerLine line)
    {
        var json = RecordChange.Apply(key.Record, line.Entry.Facts, RecordJson.Options.GetTypeInfo(typeof(Rotation)));
        var after = json.Deserialize<Rotation>(RecordJson.Options)!;
        var before = key.Record?.Deserialize<Rotation>(RecordJson.Options) ?? new Rotation(after.Key, after.Number);
        var causes = key.Causes;

        // 1. Record the requests that came, those that were admitted, and those that were closed without a rotation.
        foreach (var request in after.Waiting.Where(w => before.Waiting.All(b => b.Cause != w.Cause)))
        {
            causes = causes.SetItem(request.Cause, Waiting(after.Key.Id, request, line.At));
        }

        var closed = before.Waiting.Where(w => after.Waiting.All(a => a.Cause != w.Cause)).ToList();
        foreach (var request in closed.Where(w => !after.Causes.Contains(w.Cause, StringComparer.Ordinal)))
        {
            causes = causes.SetItem(request.Cause, Closed(after.Key.Id, request, line));
        }

        foreach (var request in closed.Where(w => after.Causes.Contains(w.Cause, StringComparer.Ordinal)))
        {
            causes = causes.SetItem(
                request.Cause,
                Waiting(after.Key.Id, request, line.At) with
                {
                    By = Text(line, OutcomeReasons.By),
                    Why = Text(line, OutcomeReasons.Why) ?? OutcomeReasons.Enforces,
                    RotationNumber = after.Number,
                }
            );
        }

        // 2. Record a cancellation, for all its causes.
        if (line.Entry.Kind is LedgerKinds.RotationCancelled)
        {
            foreach (var cause in after.Causes.Select(causes.GetValueOrDefault).OfType<RecordedCause>().Where(c => c.Outcome is null))
            {
                causes = causes.SetItem(
                    cause.Cause,
                    cause with
                    {
                        Outcome = RotationOutcome.Cancelled,
                        At = line.At,
                        By = Text(line, OutcomeReasons.By),
                        Why = OutcomeReasons.Cancelled,
                    }
                );
            }
        }

        // 3. Record the end of the rotation, for all its causes. After that it never changes.
        if (after.VerifiedAt is { } verified && key.Rotations.GetValueOrDefault(after.Number)?.VerifiedAt is null)
        {
            foreach (var cause in after.Causes.Select(causes.GetValueOrDefault).OfType<RecordedCause>().Where(c => c.Outcome is null))
            {
                causes = causes.SetItem(cause.Cause, cause with { Outcome = RotationOutcome.Rotated, At = verified });
            }
        }

        return new(
            json,
            key.Rotations.GetValueOrDefault(after.Number)?.VerifiedAt is null
                ? key.Rotations.SetItem(after.Number, after with { Waiting = [], PastCauses = [] })
                : key.Rotations,
            causes
        );
    }

    private static RecordedCause Waiting(string keyId, RotationRequest request, DateTimeOffset at) =>
        new(
            keyId,
            request.Cause,
            request.Urgency,
            Outcome: null,
            at,
            By: null,
            request.DecisionId is null ? OutcomeReasons.Enforces : OutcomeReasons.Waits,
            request.DecisionId,
            RotationNumber: null
        );

    private static RecordedCause Closed(string keyId, RotationRequest request, LedgerLine line) =>
        Waiting(keyId, request, line.At) with
        {
            Outcome = line.Entry.Kind is LedgerKinds.RotationDeclined ? RotationOutcome.Declined : RotationOutcome.Superseded,
            By = Text(line, OutcomeReasons.By),
            Why = Text(line, OutcomeReasons.Why) ?? OutcomeReasons.Replaced(line.Entry.Facts.GetValueOrDefault("cause")),
        };

    private static RecordedCause Requested(LedgerLine line) =>
        new(
            line.Entry.About,
            line.Entry.Facts["cause"],
            Enum.Parse<Urgency>(line.Entry.Facts["urgency"]),
            Outcome: null,
            line.At,
            By: null,
            Why: "",
            DecisionId: null,
            RotationNumber: null
        );

    private static string? Text(LedgerLine line, string fact) =>
        line.Entry.Facts.GetValueOrDefault(fact) is { Length: > 0 } text ? text : null;

    /// <param name="Record">The key's record as the last line left it.</param>
    /// <param name="Rotations">Its rotations by number.</param>
    /// <param name="Causes">Its requests by cause.</param>
    private sealed record OneKey(
        JsonObject? Record,
        ImmutableSortedDictionary<int, Rotation> Rotations,
        ImmutableDictionary<string, RecordedCause> Causes
    )
    {
        public static readonly OneKey None = new(
            Record: null,
            ImmutableSortedDictionary<int, Rotation>.Empty,
            ImmutableDictionary.Create<string, RecordedCause>(StringComparer.Ordinal)
        );

        public OneKey With(RecordedCause cause) => this with { Causes = Causes.SetItem(cause.Cause, cause) };
    }

    private sealed record SavedKey(JsonObject? Record, IReadOnlyList<Rotation> Rotations, IReadOnlyList<RecordedCause> Causes);
}
