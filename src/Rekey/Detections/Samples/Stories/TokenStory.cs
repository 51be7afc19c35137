namespace Rekey.Detections.Samples.Stories;

/// <summary>Everything that the logs say about one (<c>iss</c>, <c>jti</c>), or about one token without a <c>jti</c>.</summary>
/// <param name="IsAttack">It is the forger's.</param>
public sealed record TokenStory(IReadOnlyList<IssuanceLine> Issuances, IReadOnlyList<AccessLine> Accesses, bool IsAttack = false);
