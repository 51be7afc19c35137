namespace Rekey.Functions.Rotations;

/// <summary>A page of rotations, the newest first.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record RotationPage(IEnumerable<RotationView> Rotations, string? Next);
