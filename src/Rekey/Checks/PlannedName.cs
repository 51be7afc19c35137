namespace Rekey.Checks;

/// <summary>A name that a deployment will ask Azure for.</summary>
/// <param name="ResourceId">The ARM id of the resource that gets it.</param>
/// <param name="Refusal">Why Azure refuses it; an empty text when it is free, or when the subscription has that resource already.</param>
public sealed record PlannedName(string ResourceId, Known<string> Refusal);
