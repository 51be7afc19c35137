namespace Rekey.Functions.Checks;

/// <summary>What the app sees of its own deployment.</summary>
/// <param name="At">The app's time.</param>
/// <param name="IsOk">Whether every check is <c>Ok</c>.</param>
public sealed record DoctorView(DateTimeOffset At, bool IsOk, IReadOnlyList<DoctorLine> Checks);
