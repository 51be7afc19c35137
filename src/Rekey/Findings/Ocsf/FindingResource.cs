namespace Rekey.Findings.Ocsf;

/// <summary>A resource that a finding is about, such as a signing key.</summary>
public sealed record FindingResource(string Uid, string Name, string Type, ResourceRole Role);
