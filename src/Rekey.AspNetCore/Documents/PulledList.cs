using Rekey.Blocking.Publishing;
using Rekey.Ledgers.Forks;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Documents;

/// <summary>What decides whether a pulled list replaces the held one.</summary>
/// <param name="Lines">Hashes of the ledger's lines when it was signed.</param>
/// <param name="Accepted">The number of the last list in spite of which approvers accepted the ledger.</param>
internal sealed record PulledList(long Number, DateTimeOffset MadeAt, DateTimeOffset ValidUntil, LineHashes Lines, long Accepted)
{
    public static PulledList Of(TrustList list) => new(list.Sequence, list.MadeAt, list.ValidUntil, list.Lines, list.AcceptedSequence);

    public static PulledList Of(PublishedBlocks list) =>
        new(list.List.Number, list.MadeAt, list.ValidUntil, list.Lines, list.AcceptedNumber);

    /// <summary>
    /// Why it is refused; null when it is not. Lists are in the order of their numbers. Two with one number, which differ in time only or
    /// come from an instance that could not write to the store, are in the order of their times. A list of another ledger than the held
    /// one's comes from a Rekey that was restored to an older state, unless approvers have accepted its ledger since.
    /// </summary>
    public string? Refusal(PulledList? held, string role, DateTimeOffset now) =>
        ValidUntil <= now ? $"Its validity ended at {ValidUntil:O}."
        : held is null ? null
        : Number < held.Number ? $"Its number is {Number}, and the {role} has had number {held.Number}: it is an older list."
        : held.Number > Accepted && Lines.FirstDifference(held.Lines) is { } line
            ? $"Line {line} of the ledger is not the one that it was when the {role}'s list was signed: Rekey was restored to an older "
                + "state. Put the newest lists back, as 'When Rekey was restored' in the page on gateways says."
        : Number == held.Number && MadeAt < held.MadeAt
            ? $"It was made at {MadeAt:O}, before the list of the same number that the {role} has."
        : null;
}
