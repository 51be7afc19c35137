namespace Rekey.Departures.CuttingOff;

/// <summary>A credential that a person added to an application or service principal, by the directory's audit log.</summary>
/// <param name="TargetId">Object id of the application or service principal.</param>
/// <param name="AppId">Its application id; empty when the row has none.</param>
/// <param name="Operation">The name of the operation, such as <c>add service principal credentials</c>.</param>
/// <param name="At">When the person added it, the last time.</param>
public sealed record AddedCredential(string TargetId, string AppId, string Operation, DateTimeOffset At);
