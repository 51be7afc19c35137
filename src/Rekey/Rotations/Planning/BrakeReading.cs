namespace Rekey.Rotations.Planning;

/// <summary>The numbers that the brake judges by.</summary>
/// <param name="StartedLastHour">Rotations that started in the last hour.</param>
/// <param name="IssuerKeys">How many keys the plan's most affected issuer has.</param>
/// <param name="IssuerKeysAffected">How many of them this plan and running rotations affect.</param>
public sealed record BrakeReading(int StartedLastHour, int Planned, int IssuerKeys, int IssuerKeysAffected);
