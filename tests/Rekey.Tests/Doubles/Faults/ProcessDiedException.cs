namespace Rekey.Tests.Doubles.Faults;

/// <summary>The process is gone: whatever it was about to do is not done any more.</summary>
public sealed class ProcessDiedException() : Exception("The process died.");
