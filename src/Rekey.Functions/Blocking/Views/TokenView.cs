namespace Rekey.Functions.Blocking.Views;

/// <summary>What Rekey knows about a token.</summary>
/// <param name="IsBlocked">Whether gateways must refuse it. They also refuse it when trust in its key version has ended.</param>
/// <param name="Blocks">The entries of the blocklist that block it.</param>
/// <param name="Verdicts">What sweeps over the logs found about it.</param>
/// <param name="Signer">The key version that it names as its signer.</param>
/// <param name="SeenBy">The gateways that accepted it in the last seven days, by their logs.</param>
/// <param name="Unreadable">Rows with tokens that cannot be read: verdicts may be missing.</param>
public sealed record TokenView(
    bool IsBlocked,
    IReadOnlyList<TokenEntryView> Blocks,
    IReadOnlyList<TokenVerdictView> Verdicts,
    TokenSignerView Signer,
    TokenSeenView SeenBy,
    IReadOnlyList<string> Unreadable
);
