namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>What worker.config.json says: the program, full path, and what stands before the host's own arguments.</summary>
internal sealed record WorkerDescription(string Executable, IReadOnlyList<string> Arguments);
