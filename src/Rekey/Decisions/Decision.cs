using System.Text.Json.Serialization;
using Rekey.Core.Records;

namespace Rekey.Decisions;

/// <summary>A question that an approver answers with yes or no.</summary>
/// <param name="Id">The id, a function of kind, subject and plan: asked twice, it is one decision.</param>
/// <param name="Kind">A code of <see cref="DecisionKinds"/>.</param>
/// <param name="About">The key, vault or departure.</param>
/// <param name="Statement">What will happen on yes and on no, in plain words.</param>
/// <param name="PlanHash">SHA-256 of exactly what is approved, plan and statement; an answer must repeat it.</param>
/// <param name="Initiators">Object ids of the initiators: they cannot approve it.</param>
public sealed record Decision(
    string Id,
    string Kind,
    string About,
    string Statement,
    string PlanHash,
    IReadOnlyList<string> Initiators,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt,
    OnExpiry OnExpiry
) : IRecord
{
    public static int SchemaVersion => 1;

    public DecisionState State { get; init; } = DecisionState.Pending;

    /// <summary>Object id of the approver who answered; null while pending or when it expired.</summary>
    public string? AnsweredBy { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public string? Reason { get; init; }

    /// <summary>Object id of an approver who answered and was reported as leaving: a second approver must give the same answer. Null when
    /// nobody did.</summary>
    public string? FirstAnsweredBy { get; init; }

    /// <summary>
    /// Whether silence decides nothing now: the person is back whose departure the question is about. The question stays open.
    /// </summary>
    [JsonIgnore]
    public bool IsHeld { get; init; }

    /// <summary>When the person was gone again after they had been back; null when they never were back.</summary>
    [JsonIgnore]
    public DateTimeOffset? GoneAgainAt { get; init; }

    /// <summary>Why it was withdrawn; null unless it was.</summary>
    [JsonIgnore]
    public string? WithdrawnBecause { get; init; }

    /// <summary>
    /// When silence decides: its deadline, or later when the person was back at that time and is gone again. While it is held, no time
    /// comes.
    /// </summary>
    public DateTimeOffset DueAt => GoneAgainAt > ExpiresAt ? GoneAgainAt.Value : ExpiresAt;

    /// <summary>Whether silence decides it by this time, if nobody answered before.</summary>
    public bool IsDue(DateTimeOffset now) => now >= DueAt && !IsHeld;

    public string Partition => "decision";

    public string Row => Id;

    /// <summary>Whether the ledger has it as expired without an answer. Only the ledger can tell: a row never has this.</summary>
    [JsonIgnore]
    public bool IsExpired { get; init; }

    /// <summary>
    /// The state that counts. A clock alone ends no decision: clocks of instances differ, and another instance may still take an answer.
    /// </summary>
    [JsonIgnore]
    public DecisionState Outcome =>
        State is DecisionState.Pending && IsExpired
            ? OnExpiry is OnExpiry.CarryOut
                ? DecisionState.Approved
                : DecisionState.Lapsed
            : State;

    /// <summary>The state to show and to watch: a decision without an answer in time is over for people, on record or not.</summary>
    public DecisionState StateAt(DateTimeOffset now) => (this with { IsExpired = IsExpired || IsDue(now) }).Outcome;
}
