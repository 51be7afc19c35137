namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>The worker ended before it answered.</summary>
internal sealed class WorkerGoneException() : Exception("the worker ended");
