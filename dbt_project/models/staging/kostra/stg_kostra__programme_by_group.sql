{{ staged_own_groups('kostra_programme_by_group', {
    'participants_persons': 'participants_status',
    'benefit_months_count': 'benefit_months_status',
    'benefit_nok': 'benefit_status',
}) }}
