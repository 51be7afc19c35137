namespace Rekey.Cli.Tests.Runner;

/// <summary>One command, as the tests ask for it: one line of JSON. The answer is a line with its exit code.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Environment">The variables that it sees beside those of the process.</param>
/// <param name="Input">The file that is its standard input.</param>
/// <param name="Output">The file that becomes its standard output.</param>
/// <param name="Error">The file that becomes its standard error.</param>
internal sealed record CommandRequest(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Input,
    string Output,
    string Error
);
