namespace Rekey.Blocking.Proposals;

/// <summary>What is to be done about what was found.</summary>
/// <param name="Add">Entries to list at once.</param>
/// <param name="Rotate">Kids whose key must be rotated instead of listing more.</param>
/// <param name="Ask">Tokens that are blocked by decision only.</param>
internal sealed record BlockPlan(IReadOnlyList<BlockEntry> Add, IReadOnlyList<CrowdedKid> Rotate, IReadOnlyList<BlockCandidate> Ask);
