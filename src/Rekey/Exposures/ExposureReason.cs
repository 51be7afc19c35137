namespace Rekey.Exposures;

/// <summary>A reason why a key is exposed.</summary>
/// <param name="Kind">A stable code such as <c>custodian</c>.</param>
/// <param name="Detail">A plain sentence with object ids only.</param>
public sealed record ExposureReason(string Kind, string Detail);
