namespace Rekey.Tests.Doubles.Storage;

/// <summary>What an append comes to when a test wants trouble.</summary>
public enum AppendTrouble
{
    None,

    /// <summary>It was written, and the writer hears that it should try later.</summary>
    WrittenButReportedAsRetryLater,

    /// <summary>It was not written, and the writer hears that it should try later.</summary>
    NotWrittenAndReportedAsRetryLater,

    /// <summary>It was written, and the connection broke.</summary>
    WrittenAndThenBroken,
}
