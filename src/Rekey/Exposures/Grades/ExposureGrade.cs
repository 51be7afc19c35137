namespace Rekey.Exposures.Grades;

/// <summary>What a person with access could do with a key.</summary>
public enum ExposureGrade
{
    /// <summary>Use it in its vault, as long as the access lasted. The audit log proves that the key cannot have left the vault.</summary>
    Usable,

    /// <summary>Perhaps take it: nothing shows that the key left its vault, and nothing proves that it did not.</summary>
    Unproven,

    /// <summary>Take it: the key can leave its vault, or a row of the audit log shows that it came from outside or left.</summary>
    Extractable,
}
