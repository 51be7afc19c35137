namespace Rekey.Exposures;

/// <summary>A key that a departed person could have used or taken, with the reasons.</summary>
public sealed record Exposure(string KeyId, IReadOnlyList<ExposureReason> Reasons);
