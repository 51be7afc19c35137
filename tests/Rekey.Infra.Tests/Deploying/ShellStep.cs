namespace Rekey.Infra.Tests.Deploying;

/// <summary>A block of shell commands: a step of a workflow or a hook of azd.</summary>
/// <param name="File">From the repository's root.</param>
/// <param name="Name">Of the step or hook.</param>
/// <param name="Shell">The shell that it names, or that its file names for all. Empty: none.</param>
/// <param name="Run">The commands.</param>
internal sealed record ShellStep(string File, string Name, string Shell, string Run);
