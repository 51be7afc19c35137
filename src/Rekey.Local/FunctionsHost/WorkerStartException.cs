namespace Rekey.Local.FunctionsHost;

/// <summary>The worker could not be brought to take calls.</summary>
internal sealed class WorkerStartException(string message) : Exception(message);
