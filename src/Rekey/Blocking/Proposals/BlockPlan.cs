namespace Rekey.Blocking.Proposals;

/// <summary>The plan for the tokens that a sweep found.</summary>
/// <param name="Add">Entries to list at once.</param>
/// <param name="Rotate">Kids whose key must be rotated instead of listing more.</param>
/// <param name="Ask">Tokens that are blocked only after a decision.</param>
internal sealed record BlockPlan(IReadOnlyList<BlockEntry> Add, IReadOnlyList<CrowdedKid> Rotate, IReadOnlyList<BlockCandidate> Ask);
