namespace Rekey.Cli.Commands.Reports;

/// <summary>The output format of <c>rekey report leavers</c>.</summary>
internal enum LeaversFormat
{
    /// <summary>One page that prints well.</summary>
    Html,

    /// <summary>One row for each exposed key of each departure.</summary>
    Csv,

    /// <summary>One document.</summary>
    Json,
}
