namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>The content of worker.config.json: the full path of the program and the arguments before the host's own.</summary>
internal sealed record WorkerDescription(string Executable, IReadOnlyList<string> Arguments);
